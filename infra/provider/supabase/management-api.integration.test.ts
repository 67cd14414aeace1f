import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "../../local/gateway/testing/test-gateway.ts";
import { type FaultyApi, startFaultyApi } from "../testing/faulty-api.ts";
import { ProviderClient } from "../testing/provider-client.ts";
import { ManagementApi } from "./management-api.ts";

const database = useTestDatabase();
let gateway: TestGateway;
let proxy: FaultyApi;
beforeEach(async () => {
  gateway = await startTestGateway({ databaseUrl: database().url, rateLimit: 120 });
  proxy = await startFaultyApi(gateway.url);
});
afterEach(async () => {
  await proxy.close();
  await gateway.close();
});

const address = (rest: string) => `/v1/projects/${projectRef}${rest}`;
const numbers = Array.from({ length: 100 }, (_, index) => index);
const digestOf = (value: string) => createHash("sha256").update(value).digest("hex");

describe("the Management API, through a provider process,", () => {
  let client: ProviderClient;
  beforeEach(async () => {
    client = await ProviderClient.start({
      databaseUrl: database().url,
      projectRef,
      accessToken,
      apiUrl: proxy.url,
    });
  });
  afterEach(() => client.stop());

  it("is asked once for a hundred functions and once for a hundred secrets", async () => {
    const functions = numbers.map((n) => ({
      id: `${n}`,
      slug: `f${n}`,
      name: `f${n}`,
      status: "ACTIVE",
      version: n,
      created_at: 0,
      updated_at: 0,
      verify_jwt: true,
      entrypoint_path: `supabase/functions/f${n}/index.ts`,
      import_map_path: null,
      ezbr_sha256: null,
    }));
    const secrets = numbers.map((n) => ({ name: `S${n}`, value: digestOf(`${n}`) }));
    proxy.fault = (request) => ({
      answer: 200,
      body: JSON.stringify(request.path.endsWith("/functions") ? functions : secrets),
    });
    const stateOf = (id: string, input: string) => ({
      id,
      inputs: { values: { [input]: id }, secretPaths: [] },
      outputs: { values: {}, secretPaths: [] },
      refreshBeforeUpdate: true,
    });
    const read = await Promise.all(
      numbers.flatMap((n) => [
        client.read("EdgeFunction", `f${n}`, stateOf(`f${n}`, "slug")),
        client.read("FunctionSecret", `S${n}`, stateOf(`S${n}`, "name")),
      ]),
    );
    expect(read.filter((state) => state === undefined)).toEqual([]);
    expect(read[14]?.outputs.values.observed).toMatchObject({ version: 7 });
    expect(proxy.requests.sort()).toEqual([`GET ${address("/functions")}`, `GET ${address("/secrets")}`]);
  });

  it("gets a hundred secrets in few requests, within its limit, and loses them in one or two", async () => {
    const states = await Promise.all(
      numbers.map(async (n) => {
        const { inputs } = await client.check("FunctionSecret", { name: `MANY_${n}`, value: `value ${n}` });
        return await client.create("FunctionSecret", inputs);
      }),
    );
    expect(states.map(({ outputs }) => outputs.values.observed)).toEqual(
      numbers.map((n) => ({ digest: digestOf(`value ${n}`) })),
    );
    expect(proxy.requests.length).toBeLessThan(60);

    proxy.requests.length = 0;
    await Promise.all(states.map((state) => client.delete("FunctionSecret", state)));
    expect(proxy.requests.length).toBeLessThan(30);
    expect(await (await gateway.api("/secrets")).json()).not.toContainEqual(
      expect.objectContaining({ name: expect.stringMatching(/^MANY_/) }),
    );
  });
});

describe("an answer that is lost after the API did its work", () => {
  const root = mkdtempSync(path.join(tmpdir(), "jobstack-lost-"));
  writeFileSync(path.join(root, "index.ts"), "Deno.serve(() => new Response('v1'));");
  afterAll(() => rmSync(root, { recursive: true }));

  let client: ProviderClient;
  beforeEach(async () => {
    const { url: databaseUrl } = database();
    client = await ProviderClient.start({ databaseUrl, projectRef, accessToken, apiUrl: proxy.url });
  });
  afterEach(() => client.stop());

  const checked = async (slug: string) => {
    const program = { slug, root, entrypoint: "index.ts", verifyJwt: false };
    return (await client.check("EdgeFunction", program)).inputs;
  };
  /** Loses the answer to the next deploy, or to the next secrets. */
  const loseNext = () => {
    let lost = false;
    proxy.fault = ({ method }) => {
      if (lost || method !== "POST") return undefined;
      lost = true;
      return "lost answer";
    };
  };
  const LOST =
    /failed: other side closed; check apiUrl and the network, and try again; it may have been carried out all the same, which the next deployment finds out$/;

  it("lets the next deployment make the function as its own", async () => {
    loseNext();
    const inputs = await checked("lost");
    await expect(client.create("EdgeFunction", inputs)).rejects.toThrow(LOST);
    expect((await gateway.api("/functions/lost")).status).toBe(200);
    const state = await client.create("EdgeFunction", inputs);
    const found = await client.read("EdgeFunction", "lost", state);
    expect(found?.outputs).toEqual(state.outputs);
  });

  it("shows an update as drift, and the next deployment makes it right", async () => {
    const state = await client.create("EdgeFunction", await checked("again"));
    writeFileSync(path.join(root, "index.ts"), "Deno.serve(() => new Response('v2'));");
    const wanted = await checked("again");
    loseNext();
    await expect(client.update("EdgeFunction", state, wanted)).rejects.toThrow(LOST);
    const found = await client.read("EdgeFunction", "again", state);
    if (found === undefined) throw new Error("it is gone");
    const { detailed } = await client.diff("EdgeFunction", found, wanted);
    expect(Object.keys(detailed).sort()).toEqual([
      "drift.codeSha256",
      "drift.version",
      'sources["index.ts"]',
    ]);
    const updated = await client.update("EdgeFunction", found, wanted);
    const after = await client.read("EdgeFunction", "again", updated);
    expect(after?.outputs).toEqual(updated.outputs);
    expect(await (await gateway.call("again")).text()).toBe("v2");
  });

  it("lets the next deployment set the secret", async () => {
    const { inputs } = await client.check("FunctionSecret", { name: "LOST", value: "canary-lost" });
    loseNext();
    await expect(client.create("FunctionSecret", inputs)).rejects.toThrow(LOST);
    const state = await client.create("FunctionSecret", inputs);
    expect(state.outputs.values.observed).toEqual({ digest: digestOf("canary-lost") });
  });
});

describe("ManagementApi", () => {
  it("tells the one secret that the API refuses, and sets the others", async () => {
    const api = new ManagementApi({ projectRef, accessToken, apiUrl: proxy.url });
    const names = ["GOOD_1", "BAD NAME", "GOOD_2"];
    const results = await Promise.allSettled(
      names.map((name) => api.setSecrets([{ name, value: `canary-${name}` }])),
    );
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(String((results[1] as PromiseRejectedResult).reason)).toContain(
      "answered 400: 0.name: must be letters, digits and underscores, and begin with no digit",
    );
    const listed = await api.listSecrets();
    expect(listed.filter(({ name }) => name.startsWith("GOOD_"))).toHaveLength(2);
  });

  it("says that the project is not there, rather than that it has no functions", async () => {
    const api = new ManagementApi({ projectRef: "z".repeat(20), accessToken, apiUrl: proxy.url });
    await expect(api.findFunction("hello")).rejects.toThrow(
      `management api: GET /v1/projects/${"z".repeat(20)}/functions answered 404: project "${"z".repeat(20)}": does not exist; check projectRef, and that the account of the access token sees the project`,
    );
  });
});
