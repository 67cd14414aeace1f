import { describe, expect, it } from "vitest";
import { describeNextRuns } from "./next-runs.ts";

const NOW = new Date("2026-11-24T20:43:10Z");

describe("describeNextRuns", () => {
  const runs = (timing: { schedule?: string; every?: string }, timeZone = "GMT", active = true) =>
    describeNextRuns({ schedule: undefined, every: undefined, ...timing, active, timeZone }, NOW);

  it("names three times, and a day only where it is another", () => {
    expect(runs({ schedule: "*/5 * * * *" })).toBe("next due: 2026-11-24 20:45, 20:50, 20:55 (GMT)");
    expect(runs({ schedule: "30 8,22 * * *" })).toBe(
      "next due: 2026-11-24 22:30, 2026-11-25 08:30, 22:30 (GMT)",
    );
    expect(runs({ every: "1 hour" })).toBe("next due: 2026-11-24 21:00, 22:00, 23:00 (GMT)");
    expect(runs({ schedule: "@daily" })).toBe(
      "next due: 2026-11-25 00:00, 2026-11-26 00:00, 2026-11-27 00:00 (GMT)",
    );
  });

  it("counts in the time zone of the server's cron", () => {
    expect(runs({ schedule: "0 9 * * *" }, "Asia/Tokyo")).toBe(
      "next due: 2026-11-25 09:00, 2026-11-26 09:00, 2026-11-27 09:00 (Asia/Tokyo)",
    );
  });

  it("knows the last day of the month", () => {
    expect(runs({ schedule: "0 0 $ * *" })).toBe(
      "next due: 2026-11-30 00:00, 2026-12-31 00:00, 2027-01-31 00:00 (GMT)",
    );
  });

  it("wants both days to fit where one is a step, as cron does", () => {
    expect(runs({ schedule: "0 0 */2 * 1" })).toBe(
      "next due: 2026-12-07 00:00, 2026-12-21 00:00, 2027-01-11 00:00 (GMT)",
    );
  });

  it("says so where there are no such times", () => {
    expect(runs({ every: "10 seconds" })).toBe("next due: every 10 seconds");
    expect(runs({ every: "1 second" })).toBe("next due: every second");
    expect(runs({ schedule: "@reboot" })).toBe("next due: when the server starts");
    expect(runs({ schedule: "* * * * *" }, "GMT", false)).toBe("next due: never, because it is not active");
  });
});
