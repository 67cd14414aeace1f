import { readFileSync } from "node:fs";
import path from "node:path";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { deployBody } from "../local/gateway/testing/deploy-body.ts";
import { projectRoot } from "../local/workspace.ts";
import { type ApiGate, startApiGate } from "./testing/api-gate.ts";
import { ProviderClient, type ResourceState } from "./testing/provider-client.ts";
import { useManagementApi } from "./testing/use-management-api.ts";

const FUNCTIONS = "supabase/functions";
const GUARDED = `
  import { secretPair } from "../_shared/accepted-secrets.ts";
  import { requireWakeAuthorization } from "../_shared/auth.ts";

  Deno.serve(async (request) => {
    try {
      await requireWakeAuthorization(request, secretPair(Deno.env, new URL(request.url).searchParams.get("secret")), "queue");
      return new Response("welcome");
    } catch (error) {
      return new Response(error.message, { status: error.status ?? 500 });
    }
  });
`;

const project = useManagementApi();
let gate: ApiGate;
let client: ProviderClient;
const config = () => ({ ...project().config, apiUrl: gate.url });

beforeAll(async () => {
  gate = await startApiGate(project().gateway.url);
  client = await ProviderClient.start(config());
  await deployGuarded();
});
afterAll(async () => {
  await client.stop();
  await gate.close();
});

/** A function that is guarded as those of this project are, on real Deno. */
async function deployGuarded(): Promise<void> {
  const shared = ["accepted-secrets.ts", "auth.ts", "http-error.ts"].map((file) => [
    `${FUNCTIONS}/_shared/${file}`,
    readFileSync(path.join(projectRoot, FUNCTIONS, "_shared", file), "utf8"),
  ]);
  const entrypoint = `${FUNCTIONS}/guarded/index.ts`;
  const form = deployBody(
    { [entrypoint]: GUARDED, ...Object.fromEntries(shared) },
    { entrypoint_path: entrypoint, verify_jwt: false },
  );
  const response = await project().api("/functions/deploy?slug=guarded", {
    method: "POST",
    body: form.body,
    headers: { "content-type": form.contentType },
  });
  expect(response.status).toBe(201);
}

async function call(name: string, bearer: string): Promise<number> {
  const response = await project().gateway.call(`guarded?secret=${name}`, {
    method: "POST",
    headers: { authorization: `Bearer ${bearer}` },
  });
  await response.body?.cancel();
  return response.status;
}

async function inVault(name: string): Promise<string> {
  const { rows } = await project().database.pool.query(
    "select decrypted_secret as value from vault.decrypted_secrets where name = $1",
    [name],
  );
  return rows[0].value;
}

/** As the database does it: the secret of this moment, a token that is good for a minute. */
async function signedCall(name: string): Promise<{ secret: string; status: number }> {
  const secret = await inVault(name);
  const token = await new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer("jobstack")
    .setAudience("queue")
    .setExpirationTime("60s")
    .sign(new TextEncoder().encode(secret));
  return { secret, status: await call(name, token) };
}

async function checked(name: string, value: string) {
  return (await client.check("Secret", { name, value })).inputs;
}

const create = async (name: string, value: string) =>
  await client.create("Secret", await checked(name, value));

/** What a plain `up` does with a resource: look, then change. */
async function up(state: ResourceState, value: string): Promise<ResourceState> {
  const found = await client.read("Secret", state.id, state);
  if (found === undefined) throw new Error(`${state.id} is gone`);
  return await client.update("Secret", found, await checked(state.id, value));
}

/** Texts in the bodies of the first and the last request of a change. */
const FIRST = (name: string) => `"name":"${name}",`;
const LAST = (name: string) => `"name":"${name}_PREVIOUS","value":"20`;

/** Kills the provider in the middle of a change, with what the API was asked until then. */
async function upKilledAt(
  state: ResourceState,
  value: string,
  where: "request" | "answer",
  text: string,
): Promise<void> {
  const held = gate.hold(where, text);
  const update = up(state, value).then(
    () => "done",
    () => "killed",
  );
  await held.reached;
  await client.stop();
  held.drop();
  expect(await update).toBe("killed");
  client = await ProviderClient.start(config());
}

/** When the provider is killed, what is held then, and whether anybody can have the new value yet. */
const MOMENTS: [title: string, at: (name: string) => ["request" | "answer", string], known: boolean][] = [
  ["before anything is done", (name) => ["request", FIRST(name)], false],
  ["when the functions know both values", (name) => ["answer", FIRST(name)], true],
  ["when Vault has the new value", (name) => ["request", LAST(name)], true],
  ["when the old value has its end", (name) => ["answer", LAST(name)], true],
];

describe("changing a secret", () => {
  it("loses no call that is signed with it meanwhile, however long a step takes", async () => {
    const state = await create("LIVE_SECRET", "old-live-secret");
    const calls: Awaited<ReturnType<typeof signedCall>>[] = [];
    let calling = true;
    const caller = (async () => {
      while (calling && calls.length < 2_000) calls.push(await signedCall("LIVE_SECRET"));
    })();
    const someCalls = async () => {
      const enough = calls.length + 5;
      await vi.waitFor(() => expect(calls.length).toBeGreaterThanOrEqual(enough), { timeout: 30_000 });
    };
    await someCalls();
    const first = gate.hold("answer", FIRST("LIVE_SECRET"));
    const change = up(state, "new-live-secret");
    await first.reached;
    await someCalls();
    const last = gate.hold("request", LAST("LIVE_SECRET"));
    first.release();
    await last.reached;
    await someCalls();
    last.release();
    await change;
    await someCalls();
    calling = false;
    await caller;
    expect(new Set(calls.map(({ status }) => status))).toEqual(new Set([200]));
    const secrets = new Set(calls.map(({ secret }) => secret));
    expect(secrets).toEqual(new Set(["old-live-secret", "new-live-secret"]));
    expect(await call("LIVE_SECRET", "neither")).toBe(401);
  });

  it.each(MOMENTS)("locks nobody out after a kill %s, and is ended by the next up", async (_, at, known) => {
    const name = `KILLED_${MOMENTS.findIndex(([, other]) => other === at)}`;
    const state = await create(name, "old-secret");
    await upKilledAt(state, "new-secret", ...at(name));
    expect(await call(name, "old-secret")).toBe(200);
    expect(await call(name, "new-secret")).toBe(known ? 200 : 401);
    expect((await signedCall(name)).status).toBe(200);

    const after = await up(state, "new-secret");
    const found = await client.read("Secret", name, after);
    expect(found?.outputs.values.drift).toBeUndefined();
    expect(await inVault(name)).toBe("new-secret");
    expect([await call(name, "old-secret"), await call(name, "new-secret")]).toEqual([200, 200]);
    expect((await signedCall(name)).secret).toBe("new-secret");
  });

  it.each(MOMENTS)("accepts what Vault has in a change to a third value, after a kill %s", async (_, at) => {
    const name = `THIRD_${MOMENTS.findIndex(([, other]) => other === at)}`;
    const state = await create(name, "first-secret");
    await upKilledAt(state, "second-secret", ...at(name));
    const held = gate.hold("answer", FIRST(name));
    const change = up(state, "third-secret");
    await held.reached;
    expect((await signedCall(name)).status).toBe(200);
    held.release();
    await change;
    expect(await signedCall(name)).toEqual({ secret: "third-secret", status: 200 });
  });

  it.each(MOMENTS)("can be taken back after a kill %s", async (_, at) => {
    const name = `BACK_${MOMENTS.findIndex(([, other]) => other === at)}`;
    const state = await create(name, "first-secret");
    await upKilledAt(state, "second-secret", ...at(name));
    const back = await up(state, "first-secret");
    expect(await signedCall(name)).toEqual({ secret: "first-secret", status: 200 });
    const found = await client.read("Secret", name, back);
    expect((await client.diff("Secret", found ?? back, await checked(name, "first-secret"))).changed).toBe(
      false,
    );
  });
});
