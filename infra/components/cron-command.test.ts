import { describe, expect, it } from "vitest";
import { callCommand, pollCommand } from "./cron-command.ts";

const url = "https://example.com/functions/v1/digest";

describe("callCommand", () => {
  it("names what is given and leaves the rest to the function", () => {
    expect(callCommand({ name: "nightly", url })).toBe(
      `select jobstack.call_function(p_name => 'nightly', p_url => '${url}')`,
    );
    expect(
      callCommand({
        name: "nightly",
        url,
        secret: "CRON_SECRET",
        audience: "digest",
        body: { limit: 5 },
        headers: { "X-Team": "mail" },
        timeoutMs: 9000,
      }),
    ).toBe(
      `select jobstack.call_function(p_name => 'nightly', p_url => '${url}', p_secret => 'CRON_SECRET', p_audience => 'digest', p_body => '{"limit":5}', p_headers => '{"X-Team":"mail"}', p_timeout_ms => '9000')`,
    );
  });

  it("quotes every text", () => {
    const command = callCommand({
      name: "o'clock",
      url: `${url}?a='`,
      secret: "it's",
      body: { a: "'; drop" },
    });
    expect(command).toBe(
      `select jobstack.call_function(p_name => 'o''clock', p_url => '${url}?a=''', p_secret => 'it''s', p_body => '{"a":"''; drop"}')`,
    );
  });

  it("refuses a call that cannot be made, with all that is wrong", () => {
    const call = { name: "nightly", url: "digest", headers: { authorization: "x", "Content-Type": "y" } };
    expect(() => callCommand({ ...call, timeoutMs: 0.5 })).toThrow(
      [
        'cron schedule "nightly": its call cannot be made',
        "  - headers.authorization: is set by Jobstack; give secret and auth instead",
        "  - headers.Content-Type: is set by Jobstack; leave it out",
        '  - url: "digest" is no address; write https://...',
        "  - timeoutMs: 0.5 is not usable; write whole milliseconds above zero",
      ].join("\n"),
    );
  });
});

describe("pollCommand", () => {
  it("quotes the queue's name", () => {
    expect(pollCommand("o'clock")).toBe("select jobstack.poll('o''clock')");
  });
});
