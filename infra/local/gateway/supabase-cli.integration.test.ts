import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";
import { ProviderClient, type ResourceState } from "../../provider/testing/provider-client.ts";
import { SupabaseCli } from "./testing/supabase-cli.ts";
import { accessToken, projectRef, startTestGateway, type TestGateway } from "./testing/test-gateway.ts";

const open = 'Deno.serve(() => new Response("open"));\n';

/** As a person's project has them: shared code, an import map, static files, settings in config.toml. */
const files: Record<string, string | Buffer> = {
  "supabase/config.toml": `
    project_id = "demo"
    [functions.hello]
    static_files = ["./functions/hello/data/*.bin"]
    [functions.open]
    verify_jwt = false
  `,
  "supabase/functions/hello/deno.json": '{ "imports": { "@shared/": "../_shared/" } }\n',
  "supabase/functions/hello/data/bytes.bin": Buffer.from([0, 255, 13, 10, 26]),
  "supabase/functions/hello/index.ts": `import { greet } from "@shared/greet.ts";
const bytes = await Deno.readFile(new URL("./data/bytes.bin", import.meta.url));
Deno.serve(() => new Response(greet(Deno.env.get("GREETED") ?? "nobody") + " " + bytes.join()));\r\n`,
  "supabase/functions/_shared/greet.ts": "export const greet = (name: string) => 'hello ' + name;\n",
  // The CLI also sends what nothing imports, where an import map names its folder; so this one lies elsewhere.
  "supabase/functions/open/unused.ts": "",
  "supabase/functions/open/index.ts": open,
};
const sentOfHello = Object.keys(files).filter((name) => /hello|greet/.test(name));

let database: TestDatabase;
let gateway: TestGateway;
let cli: SupabaseCli;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway({ databaseUrl: database.url });
  cli = new SupabaseCli(gateway.url);
  cli.write(files);
});
afterAll(async () => {
  cli.delete();
  await gateway.close();
  await database.drop();
});

const remote = `--remote=${projectRef}`;
const ok = async (...args: string[]) => {
  const result = await cli.run(...args);
  if (result.exitCode !== 0) throw new Error(`supabase ${args.join(" ")}: ${result.output}`);
  return result.output;
};
const fails = async (...args: string[]) => {
  const { exitCode, output } = await cli.run(...args);
  expect(exitCode).toBe(1);
  return output;
};

interface ListedFunction {
  slug: string;
  version: number;
  verify_jwt: boolean;
  ezbr_sha256: string;
}
const listed = async () =>
  (await cli.json<{ functions: ListedFunction[] }>("functions", "list", remote)).functions;

describe("the Supabase CLI", () => {
  it("lists the project, its organization and its keys", async () => {
    expect(await ok("projects", "list")).toMatch(new RegExp(`local +\\| ${projectRef} \\| Jobstack local`));
    expect(await ok("orgs", "list")).toContain("Local");
    expect(await ok("projects", "api-keys", remote)).toMatch(/anon +\| eyJ[\s\S]*service_role +\| eyJ/);
  });

  it("deploys one function with shared code, import map and static files", async () => {
    const output = await ok("functions", "deploy", "hello", "--use-api", "--yes", "--no-verify-jwt", remote);
    expect(output).toContain(`Deployed Functions on project ${projectRef}: hello`);
    expect(await (await gateway.call("hello")).text()).toBe("hello nobody 0,255,13,10,26");
    expect(await listed()).toEqual([
      expect.objectContaining({ slug: "hello", version: 1, verify_jwt: false }),
    ]);
  });

  it("deploys several functions in one step, and repeats what was set before", async () => {
    const output = await ok("functions", "deploy", "--use-api", "--yes", remote);
    expect(output).toContain(`Deployed Functions on project ${projectRef}: hello, open`);
    expect(await listed()).toEqual([
      expect.objectContaining({ slug: "hello", version: 2, verify_jwt: false }),
      expect.objectContaining({ slug: "open", version: 1, verify_jwt: false }),
    ]);
    expect(await (await gateway.call("open")).text()).toBe("open");
  });

  it("asks for JWTs of a new function unless told otherwise", async () => {
    cli.write({ "supabase/functions/closed/index.ts": open });
    await ok("functions", "deploy", "closed", "--use-api", "--yes", remote);
    expect((await gateway.call("closed")).status).toBe(401);
  });

  it("is refused code that would not run, and a function that is not there", async () => {
    cli.write({ "supabase/functions/broken/index.ts": 'import "./gone.ts";' });
    expect(await fails("functions", "deploy", "broken", "--use-api", "--yes", remote)).toMatch(
      /unexpected deploy status 400: .*gone\.ts/,
    );
    expect(await fails("functions", "deploy", "nowhere", "--use-api", "--yes", remote)).toMatch(
      /unexpected deploy status 400: .*is not among the uploaded files/,
    );
  });

  it("downloads a function, byte for byte", async () => {
    const other = new SupabaseCli(gateway.url);
    other.write({ "supabase/config.toml": 'project_id = "other"\n' });
    const { exitCode, output } = await other.run("functions", "download", "hello", "--use-api", remote);
    expect([exitCode, output]).toEqual([0, expect.stringContaining("hello")]);
    expect(contentsOf(other.project, sentOfHello)).toEqual(contentsOf(cli.project, sentOfHello));
    other.delete();
  });

  it("sets, lists and unsets secrets, which the functions see at once", async () => {
    const output = await ok("secrets", "set", "GREETED=world", "OTHER=o", "SUPABASE_X=no", "--yes", remote);
    expect(output).toContain("Env name cannot start with SUPABASE_, skipping: SUPABASE_X");
    expect(await (await gateway.call("hello")).text()).toMatch(/^hello world/);
    const names = async () =>
      (await cli.json<{ secrets: { name: string }[] }>("secrets", "list", remote)).secrets.map(
        ({ name }) => name,
      );
    expect(await names()).toEqual(expect.arrayContaining(["GREETED", "OTHER", "SUPABASE_URL"]));
    await ok("secrets", "unset", "GREETED", "NEVER_SET", "--yes", remote);
    expect(await names()).not.toContain("GREETED");
    await ok("secrets", "unset", "--all", "--yes", remote);
    expect((await names()).filter((name) => !name.startsWith("SUPABASE_"))).toEqual([]);
  });

  it("queries the database, and cannot write where it only reads", async () => {
    const rows = await cli.run("db", "query", "select 1 + 1 as sum", remote, "--yes", "-o", "json");
    expect([rows.exitCode, rows.stdout]).toEqual([0, expect.stringContaining('"sum": 2')]);
    await ok("db", "query", "create table tried (id int)", remote, "--yes");
    const insert = "with added as (insert into tried values (1) returning id) select * from added";
    expect(await fails("db", "query", insert, remote, "--read-only")).toContain("25006: cannot execute");
  });

  it("links the folder to the project, and then needs no reference", async () => {
    expect(await ok("link", "--project-ref", projectRef, "--yes")).toContain("Finished supabase link.");
    expect(await ok("functions", "list")).toContain("hello");
  });

  it("prunes the functions that the folder does not have", async () => {
    await gateway.deploy("surplus", "Deno.serve(() => new Response());");
    cli.write({ "supabase/functions/broken/index.ts": open });
    const output = await ok("functions", "deploy", "--use-api", "--prune", "--yes", remote);
    expect(output).toContain("Deleting Function: surplus");
    expect((await listed()).map(({ slug }) => slug)).toEqual(["broken", "closed", "hello", "open"]);
  });

  it("deletes a function once", async () => {
    expect(await ok("functions", "delete", "open", "--yes", remote)).toContain("Deleted Function open");
    expect((await gateway.call("open")).status).toBe(404);
    expect(await fails("functions", "delete", "open", "--yes", remote)).toContain(
      "Function open does not exist on the Supabase project: nothing to delete",
    );
  });

  it("is refused with another token", async () => {
    const stranger = new SupabaseCli(gateway.url, `sbp_${"f".repeat(40)}`);
    const { exitCode, output } = await stranger.run("functions", "list", remote);
    expect([exitCode, output]).toEqual([
      1,
      expect.stringContaining('status 401: {"message":"Unauthorized"}'),
    ]);
    stranger.delete();
  });
});

describe("the Supabase CLI and the provider", () => {
  let provider: ProviderClient;
  const folder = "supabase/functions/both";
  const declared = async () => {
    const { inputs, failures } = await provider.check("EdgeFunction", {
      slug: "both",
      root: cli.project,
      entrypoint: `${folder}/index.ts`,
      staticFiles: [`${folder}/data/*.bin`],
      verifyJwt: false,
    });
    expect(failures).toEqual({});
    return inputs;
  };
  const deployByHand = async () =>
    await ok("functions", "deploy", "both", "--use-api", "--yes", "--no-verify-jwt", remote);
  /** What a preview shows after the CLI was at work. */
  const shown = async (state: ResourceState) => {
    const found = await provider.read("EdgeFunction", "both", state);
    if (found === undefined) throw new Error("it is gone");
    const { detailed } = await provider.diff("EdgeFunction", found, await declared());
    return { found, paths: Object.keys(detailed).sort() };
  };

  let state: ResourceState;
  beforeAll(async () => {
    const { url: databaseUrl } = database;
    provider = await ProviderClient.start({ databaseUrl, projectRef, accessToken, apiUrl: gateway.url });
    for (const name of sentOfHello) cli.write({ [name.replace("/hello/", "/both/")]: files[name] ?? "" });
    cli.write({
      "supabase/config.toml": `${files["supabase/config.toml"]}
      [functions.both]
      static_files = ["./functions/both/data/*.bin"]
    `,
    });
    state = await provider.create("EdgeFunction", await declared());
  });
  afterAll(() => provider.stop());

  it("see the same function: the CLI lists and downloads what the provider deployed", async () => {
    expect(await listed()).toContainEqual(expect.objectContaining({ slug: "both", version: 1 }));
    const other = new SupabaseCli(gateway.url);
    other.write({ "supabase/config.toml": 'project_id = "other"\n' });
    expect((await other.run("functions", "download", "both", "--use-api", remote)).exitCode).toBe(0);
    const sent = sentOfHello.map((name) => name.replace("/hello/", "/both/"));
    expect(contentsOf(other.project, sent)).toEqual(contentsOf(cli.project, sent));
    other.delete();
  });

  it("send the same: what the CLI deploys from the same files has the same code, and is told by its version", async () => {
    await deployByHand();
    const { found, paths } = await shown(state);
    expect(paths).toEqual(["drift.version"]);
    state = await provider.update("EdgeFunction", found, await declared());
  });

  it("show each other's changes: other code from the CLI is drift, and is repaired", async () => {
    const index = files["supabase/functions/hello/index.ts"] ?? "";
    cli.write({ [`${folder}/index.ts`]: 'Deno.serve(() => new Response("by hand"));\n' });
    await deployByHand();
    cli.write({ [`${folder}/index.ts`]: index });
    expect(await (await gateway.call("both")).text()).toBe("by hand");
    const { found, paths } = await shown(state);
    expect(paths).toEqual(["drift.codeSha256", "drift.version"]);
    state = await provider.update("EdgeFunction", found, await declared());
    expect(await (await gateway.call("both")).text()).toMatch(/^hello nobody/);
    expect((await shown(state)).paths).toEqual([]);
  });
});

function contentsOf(folder: string, names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(path.join(folder, name)).toString("base64")]),
  );
}
