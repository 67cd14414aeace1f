import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { FastifyInstance } from "fastify";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { queueSamples } from "../collectors/queues.ts";
import { queueRow } from "../testing/queue-row.ts";
import { Prometheus } from "./prometheus.ts";
import { startFakePrometheus } from "./testing/fake-prometheus.ts";
import { isBrowserMissing, openBrowser } from "./testing/open-browser.ts";
import { FakeTarget, statusServer } from "./testing/status-server.ts";
import { cronReadings, down, healthy, selfReadings, snapshot, troubled } from "./testing/worlds.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const hostile = [
  "<script>document.title = 'owned'</script>",
  `"><img src=x onerror="document.title = 'owned'">`,
  "a-name-without-any-place-to-break-it-".repeat(6),
];
const hostileSnapshot = snapshot([
  ...selfReadings(),
  ...hostile.flatMap((queue) =>
    queueSamples(queueRow({ queue, ready: 1, oldest_ready_age: 4000, stuck: 1 })),
  ),
  ...cronReadings(hostile.map((name) => ({ name, schedule: name, status: "failed" as const, failures: 3 }))),
]);

const worlds = {
  healthy: () => [new FakeTarget("local", healthy)],
  troubled: () => [new FakeTarget("local", troubled)],
  "without a database": () => [new FakeTarget("local", down)],
  "of several databases": () => [
    new FakeTarget("production", troubled),
    new FakeTarget("staging", healthy),
    new FakeTarget("local", down),
  ],
  "of hostile names": () => [new FakeTarget("<b>&amp;</b>", hostileSnapshot)],
};
const names = Object.keys(worlds) as (keyof typeof worlds)[];

describe.skipIf(isBrowserMissing())("in a browser, the page", () => {
  let browser: Browser;
  let opened: (() => Promise<unknown>)[];
  let complaints: string[];

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const close of (opened ?? []).reverse()) await close();
    opened = [];
    expect(complaints).toEqual([]);
  });

  /** With the past that a Prometheus knows, so that there are lines. */
  async function serve(
    world: keyof typeof worlds,
    prepare?: (server: FastifyInstance) => void,
  ): Promise<string> {
    const targets = worlds[world]();
    const fake = await startFakePrometheus(
      [
        {
          labels: {
            alertname: "JobsStuck",
            severity: "critical",
            environment: targets[0]?.labels.environment ?? "",
          },
          annotations: { summary: "Jobs hang in processing.", description: "Three of them." },
        },
      ],
      targets[0]?.latest ?? undefined,
    );
    const { server } = statusServer(targets, world === "troubled" ? new Prometheus(fake.url) : null);
    opened = [...(opened ?? []), () => server.close(), () => fake.server.close()];
    prepare?.(server);
    return `${await server.listen({ host: "127.0.0.1", port: 0 })}/status`;
  }

  async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    opened.push(() => context.close());
    complaints = [];
    const page = await context.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => complaints.push(`dialog ${dialog.message()}`));
    const response = await page.goto(url);
    expect(response?.status()).toBe(200);
    return page;
  }

  const scheme = ["light", "dark"] as const;
  // Among several databases are one that is well, one in trouble and one that is down.
  const different = ["healthy", "of several databases", "of hostile names"] as const;
  it.each(different.flatMap((world) => scheme.map((colorScheme) => ({ world, colorScheme }))))(
    "$world is accessible in a $colorScheme scheme",
    async ({ world, colorScheme }) => {
      const url = await serve(world);
      for (const width of [1280, 360]) {
        const page = await open(url, { colorScheme, viewport: { width, height: 800 } });
        await page.evaluate(axe);
        const { violations, passes } = (await page.evaluate("axe.run()")) as AxeResults;
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        expect(passes.map(({ id }) => id)).toContain("color-contrast");
      }
    },
  );

  it.each(names)("%s needs no sideways scrolling, on a phone or on a desk", async (world) => {
    const url = await serve(world);
    for (const width of [320, 360, 700, 1025, 1100, 1217]) {
      const page = await open(url, { viewport: { width, height: 740 } });
      expect(await page.evaluate("document.documentElement.scrollWidth"), `at ${width}`).toBeLessThanOrEqual(
        width,
      );
    }
  });

  it("is dark where that is preferred, and light otherwise", async () => {
    const url = await serve("healthy");
    const ground = async (colorScheme: "light" | "dark") => {
      const page = await open(url, { colorScheme });
      return page.evaluate("getComputedStyle(document.body).backgroundColor");
    };
    expect(await ground("light")).toBe("rgb(247, 247, 245)");
    expect(await ground("dark")).toBe("rgb(19, 20, 23)");
  });

  it("works where scripts are switched off", async () => {
    const url = await serve("troubled");
    const page = await open(url, { javaScriptEnabled: false });
    await page.getByRole("heading", { name: "1 alert firing", level: 1 }).waitFor();
    const story = page.getByRole("row", { name: /^story/ });
    expect(await story.getByRole("cell").first().textContent()).toBe("12,480");
    expect(await story.getByRole("img", { name: /story: jobs waiting in the last 3 hours/ }).count()).toBe(1);
    expect(await page.getByRole("columnheader", { name: "Oldest waiting" }).count()).toBe(1);
    expect(await page.getByRole("table", { name: /4 queues/ }).count()).toBe(1);
  });

  it("keeps its tables tables for those who hear them, also on a phone", async () => {
    const url = await serve("troubled");
    const page = await open(url, { viewport: { width: 360, height: 740 } });
    const story = page.getByRole("table", { name: /4 queues/ }).getByRole("row", { name: /^story/ });
    expect(await story.getByRole("cell").count()).toBe(9);
    expect(await story.getByRole("rowheader").textContent()).toBe("story");
  });

  it("shows hostile names as the text that they are", async () => {
    const url = await serve("of hostile names");
    const page = await open(url);
    expect(await page.title()).toMatch(/problems · <b>&amp;<\/b>$/);
    for (const name of hostile)
      expect(await page.getByRole("rowheader", { name, exact: true }).count()).toBe(2);
    expect(await page.locator("script, img, main b").count()).toBe(0);
  });

  it("loads itself anew where one was reading, and not while it is paused", async () => {
    let loads = 0;
    // The test does not wait for 15 seconds.
    const hasten = (server: FastifyInstance) =>
      server.addHook("onSend", async (_request, reply) => {
        loads += 1;
        if (reply.hasHeader("refresh")) reply.header("refresh", "1");
      });
    const url = await serve("troubled", hasten);
    const page = await open(url, { viewport: { width: 800, height: 400 } });
    await page.evaluate("scrollTo(0, 500)");
    await page.waitForEvent("load");
    await expect.poll(() => page.evaluate("scrollY"), { timeout: 30_000 }).toBe(500);
    await page.getByRole("link", { name: "Pause" }).click();
    await page.getByRole("link", { name: "Go on" }).waitFor();
    const paused = loads;
    await page.getByRole("link", { name: "Go on" }).click();
    await expect.poll(() => loads, { timeout: 30_000 }).toBeGreaterThanOrEqual(paused + 2);
  });
});
