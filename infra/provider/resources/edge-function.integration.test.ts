import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { deployBody } from "../../local/gateway/testing/deploy-body.ts";
import { describeContract } from "../contract.ts";
import { useManagementApi } from "../testing/use-management-api.ts";
import { useProvider } from "../testing/use-provider.ts";

const root = mkdtempSync(path.join(tmpdir(), "jobstack-functions-"));
mkdirSync(path.join(root, "supabase/functions/hello"), { recursive: true });
mkdirSync(path.join(root, "supabase/functions/_shared"), { recursive: true });
const index = 'import { hello } from "../_shared/hello.ts";\nDeno.serve(() => new Response(hello));\n';
writeFileSync(path.join(root, "supabase/functions/hello/index.ts"), index);
writeFileSync(path.join(root, "supabase/functions/hello/other.ts"), index.replace("hello)", 'hello + "!")'));
const greeting = 'export const hello = "hello";\n';
writeFileSync(path.join(root, "supabase/functions/_shared/hello.ts"), greeting);
afterAll(() => rmSync(root, { recursive: true }));

const project = useManagementApi();
const entrypoint = "supabase/functions/hello/index.ts";

async function deploy(slug: string, code: string, imported: Record<string, string> = {}): Promise<void> {
  const { body, contentType } = deployBody(
    { [entrypoint]: code, ...imported },
    { entrypoint_path: entrypoint, verify_jwt: true },
  );
  const headers = { "content-type": contentType };
  await project().api(`/functions/deploy?slug=${slug}`, { method: "POST", body, headers });
}

describeContract({
  kind: "EdgeFunction",
  config: () => project().config,
  inputs: (slug) => ({ slug, root, entrypoint, verifyJwt: true }),
  id: (slug) => slug,
  changed: (slug) => ({ slug, root, entrypoint: entrypoint.replace("index", "other"), verifyJwt: false }),
  identity: "slug",
  plainNames: true,
  remote: true,
  outsideChanges: [
    {
      title: "other code was deployed",
      make: (slug) => deploy(slug, "Deno.serve(() => new Response('mine'));"),
      facts: ["codeSha256", "version"],
    },
    {
      title: "its JWT check was switched off",
      make: async (slug) =>
        void (await project().api(`/functions/${slug}`, { method: "PATCH", body: { verify_jwt: false } })),
      facts: ["verifyJwt"],
      inputs: ["verifyJwt"],
    },
  ],
  remove: async (slug) => void (await project().api(`/functions/${slug}`, { method: "DELETE" })),
  makeForeign: (slug) => deploy(slug, index, { "supabase/functions/_shared/hello.ts": greeting }),
  notImported: ["root"],
});

describe("EdgeFunction", () => {
  const provider = useProvider("EdgeFunction", () => project().config);
  const shared = path.join(root, "supabase/functions/_shared/hello.ts");

  it("shows in the preview which file changed, also one that is only imported", async () => {
    const inputs = { slug: "shared", root, entrypoint, verifyJwt: false };
    const state = await provider.create(inputs);
    writeFileSync(shared, 'export const hello = "hello again";\n');
    const { inputs: news } = await provider.client.check("EdgeFunction", inputs, [], state.inputs);
    expect((await provider.client.diff("EdgeFunction", state, news)).detailed).toEqual({
      'sources["supabase/functions/_shared/hello.ts"]': "update",
    });
  });

  it("imports what was deployed by hand without a difference, or shows which file differs", async () => {
    const inputs = { slug: "by-hand", root, entrypoint: "single.ts", verifyJwt: true };
    const code = "Deno.serve(() => new Response('mine'));";
    const { body, contentType } = deployBody({ "single.ts": code }, { entrypoint_path: "single.ts" });
    const headers = { "content-type": contentType };
    await project().api("/functions/deploy?slug=by-hand", { method: "POST", body, headers });
    const imported = await provider.client.read("EdgeFunction", "by-hand");
    if (imported === undefined) throw new Error("it is not there");
    const compare = async () => {
      const { inputs: news } = await provider.client.check("EdgeFunction", inputs);
      return (await provider.client.diff("EdgeFunction", imported, news)).detailed;
    };
    writeFileSync(path.join(root, "single.ts"), code);
    expect(await compare()).toEqual({});
    writeFileSync(path.join(root, "single.ts"), `${code}\r\n`);
    expect(await compare()).toEqual({ 'sources["single.ts"]': "update" });
  });

  it("shows that it was renamed elsewhere", async () => {
    const state = await provider.create({ slug: "renamed", root, entrypoint, verifyJwt: false });
    await project().api("/functions/renamed", { method: "PATCH", body: { name: "Other" } });
    const found = await provider.client.read("EdgeFunction", "renamed", state);
    expect(found?.outputs.values.drift).toEqual({
      name: 'changed outside of Pulumi from "renamed" to "Other"',
    });
  });

  it("does not mind that the project lies elsewhere", async () => {
    const state = await provider.create({ slug: "moved", root, entrypoint, verifyJwt: false });
    const elsewhere = { ...state.inputs, values: { ...state.inputs.values, root: "/elsewhere" } };
    expect((await provider.client.diff("EdgeFunction", state, elsewhere)).changed).toBe(false);
  });

  it("refuses in the preview what would not run", async () => {
    writeFileSync(path.join(root, "broken.ts"), 'import "./gone.ts";');
    expect(
      await provider.failures({ slug: "broken", root, entrypoint: "broken.ts", verifyJwt: true }),
    ).toEqual({
      entrypoint:
        'file "gone.ts", imported by "broken.ts", does not exist; correct the path, with its extension',
    });
    expect(
      await provider.failures({ slug: "9", root: "here", entrypoint: "../x.ts", verifyJwt: true }),
    ).toEqual({
      slug: "must be letters, digits, - and _, and begin with a letter",
      root: "must be an absolute path",
      entrypoint: '"../x.ts" leads out of the project; write a path relative to root',
    });
  });

  it("deploys nothing that changed since it was looked at", async () => {
    const { inputs } = await provider.client.check("EdgeFunction", {
      slug: "race",
      root,
      entrypoint,
      verifyJwt: true,
    });
    writeFileSync(shared, 'export const hello = "changed meanwhile";\n');
    await expect(provider.client.create("EdgeFunction", inputs)).rejects.toThrow(
      'edge function "race": its files changed since they were looked at; deploy again',
    );
  });

  it("passes on why the platform refuses the code", async () => {
    writeFileSync(path.join(root, "wrong.ts"), "this is no program");
    await expect(
      provider.create({ slug: "wrong", root, entrypoint: "wrong.ts", verifyJwt: true }),
    ).rejects.toThrow(/^management api: POST \/v1\/projects\/\w+\/functions\/deploy answered 400: /);
  });
});
