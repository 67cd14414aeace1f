import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { alertmanagerConfig } from "./alertmanager-config.ts";
import { withLocalReceivers } from "./local-receivers.ts";
import { prometheusRules } from "./prometheus-rules.ts";
import { alertSettings } from "./settings.ts";

const nobody = alertSettings.parse({});
const slack = { apiUrlFile: "/secrets/slack", channel: "#jobs" };

const configOf = (settings: object) => parse(alertmanagerConfig("production", alertSettings.parse(settings)));
const namesOf = (receivers: { name: string }[]) => receivers.map(({ name }) => name);

describe("the Alertmanager configuration", () => {
  it("sends alerts nowhere unless told whom to tell", () => {
    const { route, receivers } = configOf({});
    expect(namesOf(receivers)).toEqual(["nowhere"]);
    expect(route.receiver).toBe("nowhere");
  });

  it("keeps the Watchdog from people when there is no heartbeat", () => {
    expect(configOf({ slack }).route.routes[0]).toEqual({
      matchers: ['alertname="Watchdog"'],
      receiver: "nowhere",
    });
  });

  it("names files for secrets, and no secret", () => {
    const { receivers } = configOf({
      slack,
      pagerduty: { routingKeyFile: "/secrets/key" },
      webhook: { urlFile: "/secrets/hook", tokenFile: "/secrets/token" },
    });
    expect(receivers).toMatchObject([
      { name: "nowhere" },
      { name: "slack", slack_configs: [{ api_url_file: "/secrets/slack", channel: "#jobs" }] },
      { name: "pagerduty", pagerduty_configs: [{ routing_key_file: "/secrets/key" }] },
      {
        name: "webhook",
        webhook_configs: [
          {
            url_file: "/secrets/hook",
            http_config: { authorization: { credentials_file: "/secrets/token" } },
          },
        ],
      },
    ]);
  });

  it("offers buttons only to places that have an address", () => {
    const buttons = (settings: object) =>
      configOf({ slack, ...settings }).receivers[1].slack_configs[0].actions.map(
        ({ text }: { text: string }) => text,
      );
    expect(buttons({})).toEqual([]);
    expect(buttons({ statusPageUrl: "https://status.example.com" })).toEqual(["Status page"]);
  });

  it("goes to the stand-in in local, whatever else is set", () => {
    const settings = withLocalReceivers(nobody, "http://127.0.0.1:9");
    const { receivers } = parse(alertmanagerConfig("local", settings));
    expect(receivers.slice(1)).toMatchObject([
      { name: "webhook", webhook_configs: [{ url: "http://127.0.0.1:9/notification" }] },
      { name: "heartbeat", webhook_configs: [{ url: "http://127.0.0.1:9/watchdog" }] },
    ]);
  });
});

describe("the rules of an environment", () => {
  const ruleNamed = (name: string, settings: object) => {
    const { groups } = parse(prometheusRules("production", alertSettings.parse(settings)));
    return groups
      .flatMap(({ rules }: { rules: { alert: string }[] }) => rules)
      .find(({ alert }: { alert?: string }) => alert === name);
  };

  it("have the thresholds of its settings, and the usual ones for the rest", () => {
    const settings = { thresholds: { stalledSeconds: 60, oldestReadyFor: "5s" } };
    expect(ruleNamed("JobsQueueStalled", settings)).toMatchObject({
      expr: expect.stringContaining(" > 60 "),
      for: "5s",
    });
    expect(ruleNamed("JobsQueueOldestTooOld", settings)).toMatchObject({
      expr: expect.stringContaining(" > 300 "),
      for: "5s",
    });
  });

  it("lead to runbook, dashboard and status page where the settings say where these are", () => {
    expect(ruleNamed("JobsStuck", {}).annotations).toEqual({
      summary: "Jobs hang in processing.",
      description: expect.any(String),
      runbook_url: "alerts/runbooks/JobsStuck.md",
    });
    const settings = {
      runbooksUrl: "https://git.example.com/runbooks/",
      dashboardsUrl: "https://grafana.example.com",
      statusPageUrl: "https://status.example.com",
    };
    expect(ruleNamed("JobsStuck", settings).annotations).toMatchObject({
      runbook_url: "https://git.example.com/runbooks/JobsStuck.md",
      dashboard_url:
        "https://grafana.example.com/d/jobstack-queue?var-environment=production&var-queue={{ $labels.queue | urlquery }}",
      status_page_url: "https://status.example.com",
    });
  });
});

it.each([
  [{ webhook: {} }, "webhook: has no address, or two; write either url or urlFile"],
  [
    { slack: { apiUrlFile: "slack", channel: "#jobs" } },
    "slack.apiUrlFile: is no absolute path; write where the file lies on Alertmanager's machine",
  ],
  [
    { groupWait: "soon" },
    'groupWait: is no duration; write a whole number and a unit, e.g. "30s", "5m" or "4h"',
  ],
  [
    { thresholds: { startSeconds: 50 } },
    /^thresholds\.startSeconds: is no bound of jobs_wait_seconds; write one of: 0\.01, /,
  ],
  [
    { thresholds: { successObjective: 99 } },
    "thresholds.successObjective: is no share; write a number between 0 and 1",
  ],
  [{ thresholds: { stuck: "1m" } }, /^thresholds: .*stuck/],
])("settings %j are refused with what to write", (settings, expected) => {
  const { error } = alertSettings.safeParse(settings);
  const [problem] = error?.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) ?? [];
  expect(problem).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
});
