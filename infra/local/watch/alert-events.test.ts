import { describe, expect, it } from "vitest";
import { type Alert, describeAlertEvents } from "./alert-events.ts";

const stuck: Alert = {
  fingerprint: "a1",
  labels: { alertname: "JobsStuck", queue: "story" },
  annotations: { summary: "Jobs are stuck." },
};

describe("describeAlertEvents", () => {
  it("says when an alert begins, with its subject", () => {
    expect(describeAlertEvents([], [stuck])).toEqual(["alert JobsStuck (story): Jobs are stuck."]);
  });

  it("is silent while it goes on", () => {
    expect(describeAlertEvents([stuck], [stuck])).toEqual([]);
  });

  it("says when it is over", () => {
    expect(describeAlertEvents([stuck], [])).toEqual(["alert JobsStuck (story) is resolved"]);
  });
});
