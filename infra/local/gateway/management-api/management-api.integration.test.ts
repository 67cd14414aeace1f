import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployBody } from "../testing/deploy-body.ts";
import { accessToken, projectRef, startTestGateway, type TestGateway } from "../testing/test-gateway.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});

afterAll(() => gateway.close());

const entry = (slug: string) => `supabase/functions/${slug}/index.ts`;
const hello = "Deno.serve(() => new Response('hello'));";

async function upload(slug: string, files: Record<string, string>, metadata: unknown, query = "") {
  const form = deployBody(files, metadata);
  const headers = { "content-type": form.contentType };
  const response = await gateway.api(`/functions/deploy?slug=${slug}${query}`, {
    method: "POST",
    body: form.body,
    headers,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function get(route: string) {
  const response = await gateway.api(route);
  return { status: response.status, body: (await response.json()) as never };
}

describe("access", () => {
  it("needs the access token", async () => {
    for (const authorization of ["", "Bearer sbp_wrong", accessToken]) {
      const response = await fetch(`${gateway.url}/v1/projects`, { headers: { authorization } });
      expect([response.status, await response.json()]).toEqual([401, { message: "Unauthorized" }]);
    }
  });

  it("knows no other project and no other route", async () => {
    const headers = { authorization: `Bearer ${accessToken}` };
    const other = await fetch(`${gateway.url}/v1/projects/aaaaaaaaaaaaaaaaaaaa/functions`, { headers });
    expect([other.status, await other.json()]).toEqual([
      404,
      { message: 'project "aaaaaaaaaaaaaaaaaaaa": does not exist' },
    ]);
    expect(await get("/config/storage?x=1")).toEqual({
      status: 404,
      body: { message: `Cannot GET /v1/projects/${projectRef}/config/storage` },
    });
  });

  it("tells how many requests are left, and refuses more with 429 and the seconds to wait", async () => {
    const limited = await startTestGateway({ rateLimit: 2 });
    try {
      const first = await limited.api("/functions");
      expect(first.headers.get("x-ratelimit-limit")).toBe("2");
      expect(first.headers.get("x-ratelimit-remaining")).toBe("1");
      await limited.api("/functions");
      const refused = await limited.api("/functions");
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await refused.json()).toEqual({ message: "Too Many Requests: more than 2 in a minute" });
      expect((await limited.call("nosuch")).status).toBe(404);
    } finally {
      await limited.close();
    }
  });
});

describe("projects", () => {
  it("are this one, listed and alone", async () => {
    const response = await fetch(`${gateway.url}/v1/projects`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    const project = expect.objectContaining({ id: projectRef, ref: projectRef, status: "ACTIVE_HEALTHY" });
    expect(await response.json()).toEqual([project]);
    expect((await get("")).body).toEqual(project);
  });

  it("have the two API keys", async () => {
    expect((await get("/api-keys?reveal=true")).body).toEqual([
      expect.objectContaining({ name: "anon", api_key: expect.stringMatching(/^eyJ/) }),
      expect.objectContaining({ name: "service_role", api_key: expect.stringMatching(/^eyJ/) }),
    ]);
  });
});

describe("deploying a function", () => {
  it("answers 201 with the function as Supabase describes it, and counts its versions", async () => {
    const metadata = {
      entrypoint_path: entry("hello"),
      import_map_path: "",
      static_patterns: [],
      name: "hello",
    };
    const first = await upload("hello", { [entry("hello")]: hello }, metadata);
    expect(first).toEqual({
      status: 201,
      body: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        slug: "hello",
        name: "hello",
        status: "ACTIVE",
        version: 1,
        created_at: expect.any(Number),
        updated_at: expect.any(Number),
        verify_jwt: true,
        entrypoint_path: entry("hello"),
        import_map: false,
        import_map_path: "",
        ezbr_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    const second = await upload("hello", { [entry("hello")]: hello }, metadata);
    expect(second.body).toEqual({ ...first.body, version: 2, updated_at: expect.any(Number) });
    expect((await get("/functions/hello")).body).toEqual(second.body);
    expect((await get("/functions")).body).toContainEqual(second.body);
  });

  it("takes a whole tree: shared code, an import map, static files", async () => {
    const files = {
      "supabase/functions/tree/deno.json": '{ "imports": { "@shared/": "../_shared/", /* a comment */ }, }',
      "supabase/functions/tree/data/word.txt": "static",
      [entry("tree")]: `import { shared } from "@shared/x.ts";
         const word = await Deno.readTextFile(new URL("./data/word.txt", import.meta.url));
         Deno.serve(() => new Response(shared + " " + word));`,
      "supabase/functions/_shared/x.ts": "export const shared: string = 'shared';",
    };
    const metadata = {
      entrypoint_path: entry("tree"),
      import_map_path: "supabase/functions/tree/deno.json",
      static_patterns: ["supabase/functions/tree/data/*.txt"],
      verify_jwt: false,
      name: "tree",
    };
    const { status, body } = await upload("tree", files, metadata);
    expect([status, body.import_map]).toEqual([201, true]);
    expect(await (await gateway.call("tree")).text()).toBe("shared static");
  });

  it("keeps verify_jwt of the deployed function when the metadata says nothing", async () => {
    const files = { [entry("keeps")]: hello };
    await upload("keeps", files, { entrypoint_path: entry("keeps"), verify_jwt: false });
    const { body } = await upload("keeps", files, { entrypoint_path: entry("keeps") });
    expect(body.verify_jwt).toBe(false);
  });

  it("gives the same digest for the same files and another for other files", async () => {
    const deploy = async (code: string) =>
      (await upload("digest", { [entry("digest")]: code }, { entrypoint_path: entry("digest") })).body
        .ezbr_sha256;
    const first = await deploy(hello);
    expect(await deploy(hello)).toBe(first);
    expect(await deploy(`${hello} `)).not.toBe(first);
  });

  it("refuses a form without the entrypoint, as the CLI sends for a folder that does not exist", async () => {
    expect(await upload("absent", {}, { entrypoint_path: entry("absent"), name: "absent" })).toEqual({
      status: 400,
      body: {
        message:
          `entrypoint_path "${entry("absent")}": is not among the uploaded files; ` +
          'upload it as a "file" part of that name',
      },
    });
    expect((await get("/functions/absent")).status).toBe(404);
  });

  it("names everything that is wrong with a form at once, and keeps the version that runs", async () => {
    await upload(
      "strict",
      { [entry("strict")]: hello },
      { entrypoint_path: entry("strict"), verify_jwt: false },
    );
    const { status, body } = await upload(
      "strict",
      { "../../outside.ts": "1", "/etc/cron.d/x": "1", a: "1", "a/b": "1" },
      { entrypoint_path: entry("strict"), import_map_path: "map.json" },
    );
    expect(status).toBe(400);
    expect(body.message).toBe(
      [
        `file "../../outside.ts": has a ".." in it; write a path relative to the project's root, with slashes`,
        `file "/etc/cron.d/x": is absolute; write a path relative to the project's root, with slashes`,
        'file "a/b": clashes with another file of the deploy (EEXIST); send each path once',
        `entrypoint_path "${entry("strict")}": is not among the uploaded files; upload it as a "file" part of that name`,
        'import_map_path "map.json": is not among the uploaded files; upload it as a "file" part of that name',
      ].join("\n"),
    );
    expect(await (await gateway.call("strict")).text()).toBe("hello");
    expect(await readdir(path.join(gateway.directory, "state"))).not.toContain("outside.ts");
  });

  it.each([
    ["no JSON", "{", 'metadata "": Invalid input: expected object, received undefined'],
    ["no entrypoint", {}, 'metadata "entrypoint_path": Invalid input: expected string, received undefined'],
  ])("refuses metadata with %s", async (_case, metadata, message) => {
    expect(await upload("meta", {}, metadata)).toEqual({ status: 400, body: { message } });
  });

  it("refuses a bad slug and a body that is no form", async () => {
    const { status, body } = await upload("9%2F..", { [entry("x")]: hello }, { entrypoint_path: entry("x") });
    expect([status, body.message]).toEqual([
      400,
      "slug: must be letters, digits, - and _, and begin with a letter",
    ]);
    const json = await gateway.api("/functions/deploy?slug=x", { method: "POST", body: {} });
    expect(json.status).toBe(415);
  });

  it.each([
    [
      "a package that does not exist",
      'import "npm:jose@0.0.0-none";',
      "Could not find npm package 'jose' matching '0.0.0-none'",
    ],
    ["a file that was not sent", 'import "./gone.ts";', "gone.ts"],
    ["a syntax error", "const x = ;", "Expression expected"],
  ])("fails with Deno's message for %s and deploys nothing", async (_case, code, expected) => {
    const { status, body } = await upload("bad", { [entry("bad")]: code }, { entrypoint_path: entry("bad") });
    expect(status).toBe(400);
    expect(body.message).toContain(expected);
    expect(body.message).toContain("supabase/functions/bad/index.ts:1:");
    expect(body.message).not.toContain(gateway.directory);
    expect((await get("/functions/bad")).status).toBe(404);
    expect(await readdir(path.join(gateway.directory, "state", "functions", "bad"))).toEqual([]);
  });

  it("fails for an import map that cannot be read", async () => {
    const map = "supabase/functions/map/deno.json";
    const files = { [entry("map")]: hello, [map]: "{ imports: }" };
    const { status, body } = await upload("map", files, {
      entrypoint_path: entry("map"),
      import_map_path: map,
    });
    expect(status).toBe(400);
    expect(body.message).toContain(`import map "${map}": `);
  });

  it("deletes the code of versions that no longer run", async () => {
    for (const n of [1, 2, 3]) {
      await upload("swept", { [entry("swept")]: `${hello}//${n}` }, { entrypoint_path: entry("swept") });
    }
    const folder = path.join(gateway.directory, "state", "functions", "swept");
    await expect.poll(() => readdir(folder)).toHaveLength(1);
  });
});

describe("deploying several functions", () => {
  it("makes bundles live in one step, by the bulk update", async () => {
    const elements = [];
    for (const slug of ["one", "two"]) {
      const metadata = { entrypoint_path: entry(slug), verify_jwt: false };
      const { status, body } = await upload(slug, { [entry(slug)]: hello }, metadata, "&bundleOnly=true");
      expect([status, body.version]).toEqual([201, 1]);
      expect((await get(`/functions/${slug}`)).status).toBe(404);
      const { updated_at: _left, ...element } = body;
      elements.push({ ...element, import_map: false });
    }
    const response = await gateway.api("/functions", { method: "PUT", body: elements });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      functions: [
        expect.objectContaining({ slug: "one", version: 1, updated_at: expect.any(Number) }),
        expect.objectContaining({ slug: "two", version: 1 }),
      ],
    });
    expect(await (await gateway.call("two")).text()).toBe("hello");
  });

  it("refuses a function that was not uploaded", async () => {
    const body = [{ id: "1", slug: "never", name: "never", status: "ACTIVE", version: 1 }];
    const response = await gateway.api("/functions", { method: "PUT", body });
    expect([response.status, await response.json()]).toEqual([
      400,
      { message: 'function "never": was not uploaded; deploy it first' },
    ]);
  });
});

describe("a deployed function", () => {
  it("gives its source back as multipart form data", async () => {
    const files = { [entry("source")]: hello, "supabase/functions/_shared/ü.txt": "shared" };
    await upload("source", files, { entrypoint_path: entry("source") });
    const response = await gateway.api("/functions/source/body", {
      headers: { accept: "multipart/form-data" },
    });
    expect(response.headers.get("content-type")).toMatch(/^multipart\/form-data; boundary=/);
    const form = await response.formData();
    expect(JSON.parse(String(form.get("metadata")))).toEqual({ deno2_entrypoint_path: entry("source") });
    const sent = form.getAll("file").filter((part) => part instanceof File);
    const contents = await Promise.all(sent.map(async (part) => [part.name, await part.text()]));
    expect(Object.fromEntries(contents)).toEqual(files);
  });

  it("can be changed without new code, but not given code there", async () => {
    await upload("patched", { [entry("patched")]: hello }, { entrypoint_path: entry("patched") });
    const response = await gateway.api("/functions/patched", {
      method: "PATCH",
      body: { name: "Patched", verify_jwt: false },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ name: "Patched", verify_jwt: false, version: 1 });
    const refused = await gateway.api("/functions/patched", { method: "PATCH", body: { body: "code" } });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { message: "body: is not taken here; send code to functions/deploy" },
    ]);
  });

  it("is gone after a delete, and a second delete says so", async () => {
    await gateway.deploy("gone", hello);
    expect((await gateway.call("gone")).status).toBe(200);
    const remove = () => gateway.api("/functions/gone", { method: "DELETE" });
    expect((await remove()).status).toBe(200);
    expect((await gateway.call("gone")).status).toBe(404);
    const again = await remove();
    expect([again.status, await again.json()]).toEqual([
      404,
      { message: 'function "gone": is not deployed' },
    ]);
  });
});

describe("secrets", () => {
  const digest = (value: string) => createHash("sha256").update(value).digest("hex");

  it("are listed by digest beside the platform's own, and kept in a file only for its owner", async () => {
    const body = [
      { name: "API_KEY", value: "k-1" },
      { name: "OTHER", value: "o" },
    ];
    const set = await gateway.api("/secrets", { method: "POST", body });
    expect([set.status, await set.text()]).toEqual([201, ""]);
    const { body: listed } = await get("/secrets");
    expect(listed).toContainEqual({ name: "API_KEY", value: digest("k-1"), updated_at: expect.any(String) });
    expect(listed).toContainEqual({ name: "SUPABASE_URL", value: digest(gateway.url) });
    const { mode } = await stat(path.join(gateway.directory, "state", "secrets.json"));
    expect(mode & 0o777).toBe(0o600);
    const removed = await gateway.api("/secrets", { method: "DELETE", body: ["API_KEY", "NEVER_SET"] });
    expect(removed.status).toBe(200);
    expect((await get("/secrets")).body).not.toContainEqual(expect.objectContaining({ name: "API_KEY" }));
  });

  it("refuses reserved names and values that are too long, all at once and without showing a value", async () => {
    const response = await gateway.api("/secrets", {
      method: "POST",
      body: [
        { name: "SUPABASE_URL", value: "canary" },
        { name: "A".repeat(257), value: "x".repeat(24_577) },
        { name: "with space", value: 7 },
      ],
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        message: [
          "0.name: must not begin with SUPABASE_, which is reserved",
          "1.name: must have at most 256 characters",
          "1.value: must have at most 24576 characters",
          "2.name: must be letters, digits and underscores, and begin with no digit",
          "2.value: Invalid input: expected string, received number",
        ].join("\n"),
      },
    ]);
  });
});
