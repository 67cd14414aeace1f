import { expect, it } from "vitest";
import { FakeTarget, statusServer } from "./testing/status-server.ts";
import { down, healthy, troubled, worldTime } from "./testing/worlds.ts";

const page = async (...targets: FakeTarget[]) => (await statusServer(targets).server.inject("/status")).body;
const title = (body: string) => /<title>(.*)<\/title>/.exec(body)?.[1];

it("says the state first, in the title as well", async () => {
  expect(title(await page(new FakeTarget("local", healthy)))).toBe("All is well · local");
  expect(title(await page(new FakeTarget("local", troubled)))).toBe("10 problems · local");
  expect(title(await page(new FakeTarget("local", down)))).toBe("The database does not answer · local");
});

it("shows all targets, with the ones in trouble in the title", async () => {
  const body = await page(
    new FakeTarget("production", healthy),
    new FakeTarget("staging", troubled),
    new FakeTarget("local", down),
  );
  expect(title(body)).toBe("Trouble in 2 of 3 · staging, local");
  for (const name of ["production", "staging", "local"]) expect(body).toMatch(new RegExp(`<h2[^>]*>${name}`));
});

it("says what is not known instead of showing nothing or 0", async () => {
  const body = await page(new FakeTarget("local", down));
  expect(body.match(/Not known: the database does not answer/g)).toHaveLength(2);
  expect(body).not.toContain("<td");
});

it("allows no script, no foreign content and no frame around it", async () => {
  const { server } = statusServer([new FakeTarget("local", healthy)]);
  const { headers, body } = await server.inject("/status");
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(headers["content-security-policy"]).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  );
  expect(headers["cache-control"]).toBe("no-store");
  expect(body).not.toMatch(/<script|\son[a-z]+=|\sstyle=/);
});

it("loads itself anew, unless it was told to pause", async () => {
  const { server } = statusServer([new FakeTarget("local", healthy)]);
  expect((await server.inject("/status")).headers.refresh).toBe("15");
  const paused = await server.inject("/status?refresh=off");
  expect(paused.headers.refresh).toBeUndefined();
  expect(paused.body).toContain('<a href="?">Go on</a>');
});

it("costs one collection in ten seconds however many look, and none beside scrapes", async () => {
  const target = new FakeTarget("local", null, { ...healthy, at: worldTime });
  const { server, wait } = statusServer([target]);
  await Promise.all(Array.from({ length: 20 }, () => server.inject("/status")));
  wait(9000);
  await server.inject("/status");
  expect(target.collections).toBe(1);
  wait(1000);
  target.next = { ...healthy, at: worldTime + 10_000 };
  await server.inject("/status");
  expect(target.collections).toBe(2);
  // A scrape brought a newer one.
  wait(10_000);
  target.latest = { ...healthy, at: worldTime + 19_000 };
  await server.inject("/status");
  expect(target.collections).toBe(2);
});
