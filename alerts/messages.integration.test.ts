import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { environmentFiles } from "./environment-files.ts";
import { alertSettings } from "./settings.ts";
import { isMissing } from "./testing/is-missing.ts";
import { startAlertmanager, type TestAlertmanager } from "./testing/start-alertmanager.ts";

/** What Slack and PagerDuty were sent, by path. */
let sent: { path: string | undefined; body: Record<string, unknown> }[] = [];
let world: http.Server;
let secrets: string;
let alertmanager: TestAlertmanager | undefined;

beforeAll(async () => {
  world = http.createServer(async (request, response) => {
    sent.push({ path: request.url, body: (await json(request)) as Record<string, unknown> });
    response.writeHead(request.url === "/pagerduty" ? 202 : 200).end("ok");
  });
  await new Promise<void>((resolve) => world.listen(0, "127.0.0.1", resolve));
  secrets = mkdtempSync(path.join(tmpdir(), "jobstack-secrets-"));
});
afterEach(async () => {
  await alertmanager?.stop();
  sent = [];
});
afterAll(() => {
  world.close();
  rmSync(secrets, { recursive: true, force: true });
});

/** Production's alerts, with Slack and PagerDuty at the test's own server. */
async function startProduction(): Promise<TestAlertmanager> {
  const url = `http://127.0.0.1:${(world.address() as AddressInfo).port}`;
  writeFileSync(path.join(secrets, "slack"), `${url}/slack`);
  writeFileSync(path.join(secrets, "pagerduty"), "a-routing-key");
  const settings = alertSettings.parse({
    slack: { apiUrlFile: path.join(secrets, "slack"), channel: "#jobs" },
    pagerduty: { routingKeyFile: path.join(secrets, "pagerduty") },
    dashboardsUrl: "https://grafana.example.com",
    statusPageUrl: "https://status.example.com",
    runbooksUrl: "https://git.example.com/runbooks",
    groupWait: "1s",
    groupInterval: "1s",
  });
  const files = environmentFiles("production", settings).map(({ name, content }) => ({
    name,
    content:
      name === "alertmanager.yaml" ? `${content}global: { pagerduty_url: ${url}/pagerduty }\n` : content,
  }));
  alertmanager = await startAlertmanager(files);
  return alertmanager;
}

/** As the rules of production make it. */
function stuck(queue: string, environment = "production") {
  return {
    labels: { alertname: "JobsStuck", severity: "critical", environment, queue },
    annotations: {
      summary: "Jobs hang in processing.",
      description: `Jobs of queue ${queue} hang: 2.`,
      runbook_url: "https://git.example.com/runbooks/JobsStuck.md",
      dashboard_url: "https://grafana.example.com/d/jobstack-queue",
      status_page_url: "https://status.example.com",
    },
  };
}

const bodiesAt = (path: string) => sent.filter((each) => each.path === path).map(({ body }) => body);

async function firstAt(path: string): Promise<Record<string, unknown>> {
  return vi.waitFor(
    () => {
      const [body] = bodiesAt(path);
      if (body === undefined) throw new Error(`nothing came to ${path}`);
      return body;
    },
    { timeout: 30_000, interval: 50 },
  );
}

const withAlertmanager = it.skipIf(isMissing("amtool"));

withAlertmanager("one message in Slack says what happens, where, and where to look", async () => {
  const { post } = await startProduction();
  await post([stuck("mail"), stuck("<pdf> & more")]);
  const { channel, attachments } = (await firstAt("/slack")) as {
    channel: string;
    attachments: Record<string, unknown>[];
  };
  expect(channel).toBe("#jobs");
  expect(attachments).toMatchObject([
    {
      title: "[FIRING] production: JobsStuck: Jobs hang in processing.",
      title_link: "https://grafana.example.com/d/jobstack-queue",
      color: "danger",
      actions: [
        { text: "Runbook", url: "https://git.example.com/runbooks/JobsStuck.md" },
        { text: "Dashboard", url: "https://grafana.example.com/d/jobstack-queue" },
        { text: "Status page", url: "https://status.example.com" },
      ],
    },
  ]);
  expect(String(attachments[0]?.text).trim().split("\n").sort()).toEqual([
    "Jobs of queue &lt;pdf&gt; &amp; more hang: 2.",
    "Jobs of queue mail hang: 2.",
  ]);
});

withAlertmanager(
  "PagerDuty gets one incident with the key, the details and the links, and its end",
  async () => {
    const { post } = await startProduction();
    await post([stuck("mail")]);
    expect(await firstAt("/pagerduty")).toMatchObject({
      routing_key: "a-routing-key",
      event_action: "trigger",
      payload: {
        severity: "critical",
        summary: "[FIRING] production: JobsStuck: Jobs hang in processing.",
        class: "JobsStuck",
        group: "production",
        custom_details: { alerts: expect.stringContaining("Jobs of queue mail hang: 2.") },
      },
      links: [
        { text: "Runbook", href: "https://git.example.com/runbooks/JobsStuck.md" },
        { text: "Dashboard", href: "https://grafana.example.com/d/jobstack-queue" },
        { text: "Status page", href: "https://status.example.com" },
      ],
    });
    await post([{ ...stuck("mail"), endsAt: new Date(Date.now() - 1000).toISOString() }]);
    await vi.waitFor(
      () => {
        expect(bodiesAt("/pagerduty").map(({ event_action }) => event_action)).toEqual([
          "trigger",
          "resolve",
        ]);
        const titles = bodiesAt("/slack").map(
          ({ attachments }) => (attachments as { title: string }[])[0]?.title,
        );
        expect(titles[1]).toBe("[RESOLVED] production: JobsStuck: Jobs hang in processing.");
      },
      { timeout: 30_000, interval: 50 },
    );
  },
);

withAlertmanager("nobody is woken up for another environment that shares the Alertmanager", async () => {
  const { post } = await startProduction();
  await post([stuck("mail", "staging")]);
  await firstAt("/slack");
  await post([stuck("mail")]);
  expect(await firstAt("/pagerduty")).toMatchObject({ payload: { group: "production" } });
});
