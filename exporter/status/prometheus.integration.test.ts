import { afterEach, describe, expect, it } from "vitest";
import { Prometheus } from "./prometheus.ts";
import { type FakePrometheus, startFakePrometheus } from "./testing/fake-prometheus.ts";
import { FakeTarget, statusServer } from "./testing/status-server.ts";
import { healthy, troubled } from "./testing/worlds.ts";

let fake: FakePrometheus;
afterEach(() => fake.server.close());

const page = async (latest = healthy, url = fake.url) => {
  const { server } = statusServer([new FakeTarget("local", latest)], new Prometheus(url));
  return (await server.inject("/status")).body;
};
const title = (body: string) => /<title>(.*)<\/title>/.exec(body)?.[1];

describe("with a Prometheus, the status page", () => {
  it("shows its alerts of this environment, not those of others, of other programs and for machines", async () => {
    const stuck = { alertname: "JobsStuck", severity: "critical", environment: "local", queue: "story" };
    fake = await startFakePrometheus([
      {
        labels: stuck,
        annotations: {
          summary: "Jobs hang.",
          description: "Two.",
          runbook_url: "https://example.com/JobsStuck",
        },
        activeAt: "2026-05-04T10:00:00Z",
      },
      { labels: { ...stuck, environment: "staging" }, annotations: { summary: "Elsewhere." } },
      { labels: { alertname: "Watchdog", severity: "none", environment: "local" } },
      { labels: { alertname: "NodeDown", severity: "critical" } },
    ]);
    const body = await page();
    expect(title(body)).toBe("1 alert firing · local");
    expect(body).toContain("<strong>Jobs hang.</strong> Two.");
    expect(body).toContain(
      '<a href="https://example.com/JobsStuck">JobsStuck</a>, since <time datetime="2026-05-04T10:00:00',
    );
    expect(body).not.toMatch(/Elsewhere|Watchdog|NodeDown/);
  });

  it("shows what is pending as that, and ours that are of no environment apart", async () => {
    fake = await startFakePrometheus([
      { labels: { alertname: "JobsStuck", severity: "critical", environment: "local" }, state: "pending" },
    ]);
    expect(title(await page())).toBe("1 alert pending · local");
    await fake.server.close();
    fake = await startFakePrometheus([
      { labels: { alertname: "JobstackExporterDown", severity: "critical" } },
    ]);
    expect(await page()).toContain("Alerts of no environment");
  });

  it("draws its past of this target, asked for once", async () => {
    fake = await startFakePrometheus([], healthy);
    const { server } = statusServer([new FakeTarget("local", healthy)], new Prometheus(fake.url));
    await server.inject("/status");
    const { body } = await server.inject("/status");
    expect(body).toContain('aria-label="story: jobs waiting in the last 3 hours:');
    const ranges = fake.asked.filter(({ path }) => path.endsWith("query_range"));
    expect(ranges).toHaveLength(1);
    expect(ranges[0]?.query.query).toContain('environment="local",project=""');
  });

  it("says that it does not answer, and finds crossed thresholds by itself", async () => {
    fake = await startFakePrometheus([]);
    await fake.server.close();
    const body = await page(troubled);
    expect(body).toContain("Prometheus does not answer.");
    expect(title(body)).toBe("10 problems · local");
  });

  it("keeps a password out of the page and of the path, and sends it as a login", async () => {
    fake = await startFakePrometheus([]);
    const url = fake.url.replace("http://", "http://reader:secret%21@");
    expect(await page(healthy, url)).not.toContain("secret");
    expect(fake.logins).toContain(`Basic ${Buffer.from("reader:secret!").toString("base64")}`);
  });
});
