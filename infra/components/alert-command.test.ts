import { describe, expect, it } from "vitest";
import { alertCommand } from "./alert-command.ts";

const alert = { name: "alert-stuck-jobs", queue: "mail", olderThanSeconds: 3600, moreThan: 100 };

describe("alertCommand", () => {
  it("names what is given and leaves the rest to the function", () => {
    expect(alertCommand({ ...alert, urlSecret: "it's" })).toBe(
      "select jobstack.check_stuck_jobs(p_name => 'alert-stuck-jobs', p_queue => 'mail'," +
        " p_older_than => '3600 seconds', p_more_than => '100', p_url_secret => 'it''s')",
    );
  });

  it("refuses settings that cannot be used, with all that is wrong", () => {
    const wrong = { ...alert, olderThanSeconds: 0, moreThan: -1, calmSeconds: Number.NaN, url: "slack" };
    expect(() => alertCommand(wrong)).toThrow(
      [
        'stuck-job alert "alert-stuck-jobs": its settings cannot be used',
        "  - olderThanSeconds: 0 is not usable; write seconds above zero",
        "  - calmSeconds: NaN is not usable; write seconds above zero",
        "  - moreThan: -1 is not usable; write a whole number, 0 or more",
        '  - url: "slack" is no address; write https://...',
      ].join("\n"),
    );
  });
});
