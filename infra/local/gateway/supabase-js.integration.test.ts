import { randomBytes, randomUUID } from "node:crypto";
import { FunctionsHttpError, type SupabaseClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSupabase } from "../../../test/support/open-supabase.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";
import { demoUserId, demoUserToken } from "../demo-user.ts";
import { createApiKeys } from "./jwt.ts";
import { jwtSecret, startTestGateway, type TestGateway } from "./testing/test-gateway.ts";

let database: TestDatabase;
let gateway: TestGateway;
/** Server-side code with the service key. */
let service: SupabaseClient;
/** A signed-in user's browser. */
let user: SupabaseClient;
/** Somebody who has not signed in. */
let visitor: SupabaseClient;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway({ databaseUrl: database.url });
  const { anon, serviceRole } = await createApiKeys(jwtSecret);
  service = openSupabase(gateway.url, serviceRole);
  user = openSupabase(gateway.url, anon, demoUserToken);
  visitor = openSupabase(gateway.url, anon);
  await database.pool.query(`
    insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
    values ('ingest', 'ingest', false, 1000000, '{image/*,text/plain}'), ('open', 'open', true, null, null);
    create policy own on storage.objects for all to authenticated
      using (bucket_id = 'ingest' and (storage.foldername(name))[1] = auth.uid()::text);
  `);
});

afterAll(async () => {
  await gateway.close();
  await database.drop();
});

/** What a call gave; throws what it refused. */
async function data<T>(call: Promise<{ data: T; error: unknown }>): Promise<NonNullable<T>> {
  const answer = await call;
  if (answer.error) throw answer.error;
  return answer.data as NonNullable<T>;
}

describe("functions.invoke", () => {
  beforeAll(async () => {
    await gateway.deploy(
      "echo",
      `Deno.serve(async (request) => {
         const claims = JSON.parse(atob(request.headers.get("authorization").split(".")[1]));
         const body = await request.json();
         if (body.fail) return Response.json({ error: "as asked" }, { status: 422 });
         return Response.json({ method: request.method, sub: claims.sub ?? null, role: claims.role, body });
       });`,
      { verify_jwt: true },
    );
  });

  it("reaches a function with the user's token and JSON both ways", async () => {
    expect(await data(user.functions.invoke("echo", { body: { n: 1 } }))).toEqual({
      method: "POST",
      sub: demoUserId,
      role: "authenticated",
      body: { n: 1 },
    });
    expect(await data(visitor.functions.invoke("echo", { body: {} }))).toMatchObject({
      role: "anon",
      sub: null,
    });
  });

  it("reports what the function, and what the gateway, refuses", async () => {
    const { error } = await user.functions.invoke("echo", { body: { fail: true } });
    expect(error).toBeInstanceOf(FunctionsHttpError);
    expect([error.context.status, await error.context.json()]).toEqual([422, { error: "as asked" }]);
    const missing = await user.functions.invoke("missing");
    expect(missing.error.context.status).toBe(404);
  });
});

describe("storage", () => {
  const own = (name: string) => `${demoUserId}/${name}`;

  it.each([
    ["bytes", (bytes: Buffer) => bytes],
    ["a blob", (bytes: Buffer) => new Blob([bytes], { type: "image/png" })],
  ])("uploads and downloads %s", async (what, form) => {
    const bytes = randomBytes(50_000);
    const path = own(`${what}.png`);
    const files = user.storage.from("ingest");
    const options = { contentType: "image/png", cacheControl: "60", metadata: { source: "test" } };
    const sent = await data(files.upload(path, form(bytes), options));
    expect(sent).toMatchObject({ path, fullPath: `ingest/${path}` });
    const got = await data(files.download(path));
    expect(got.type).toBe("image/png");
    expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true);
    expect(await data(files.info(path))).toMatchObject({
      id: sent.id,
      name: path,
      size: 50_000,
      contentType: "image/png",
      cacheControl: "max-age=60",
      metadata: { source: "test" },
    });
    expect((await files.exists(path)).data).toBe(true);
    expect((await files.exists(own("none"))).data).toBe(false);
  });

  it("replaces with upsert and update only", async () => {
    const files = user.storage.from("ingest");
    const text = async () => (await data(files.download(own("note.txt")))).text();
    await data(files.upload(own("note.txt"), "one", { contentType: "text/plain" }));
    const { error } = await files.upload(own("note.txt"), "two", { contentType: "text/plain" });
    expect(error).toMatchObject({ status: 400, statusCode: "409", message: "The resource already exists" });
    await data(files.upload(own("note.txt"), "two", { contentType: "text/plain", upsert: true }));
    expect(await text()).toBe("two");
    await data(files.update(own("note.txt"), "three", { contentType: "text/plain" }));
    expect(await text()).toBe("three");
  });

  it("keeps a user to what policies and buckets allow", async () => {
    const files = user.storage.from("ingest");
    const { error: foreign } = await files.upload(`${randomUUID()}/a`, "x", { contentType: "text/plain" });
    expect(foreign).toMatchObject({
      statusCode: "403",
      message: "new row violates row-level security policy",
    });
    const { error: type } = await files.upload(own("a.pdf"), "x", { contentType: "application/pdf" });
    expect(type).toMatchObject({ statusCode: "415" });
    const { error: size } = await files.upload(own("big.png"), Buffer.alloc(1_000_001), {
      contentType: "image/png",
    });
    expect(size).toMatchObject({ statusCode: "413" });
    await data(service.storage.from("ingest").upload("secret.txt", "x", { contentType: "text/plain" }));
    const { error: hidden } = await files.download("secret.txt");
    expect(hidden).toMatchObject({ message: "Object not found" });
  });

  it("lists folders and objects, sorted, found and paged", async () => {
    const files = service.storage.from("open");
    for (const name of ["b.txt", "A.txt", "sub/1", "sub/2", "sub/deep/3", "c_c.txt"]) {
      await data(files.upload(`list/${name}`, name, { contentType: "text/plain" }));
    }
    const names = async (...request: Parameters<typeof files.list>) =>
      (await data(files.list(...request))).map(({ name }) => name);
    expect(await names("list")).toEqual(["A.txt", "b.txt", "c_c.txt", "sub"]);
    expect(await names("list/sub", { sortBy: { column: "name", order: "desc" } })).toEqual([
      "deep",
      "2",
      "1",
    ]);
    expect(await names("list", { search: "c_" })).toEqual(["c_c.txt"]);
    expect(await names("list", { limit: 2, offset: 1 })).toEqual(["b.txt", "c_c.txt"]);
    expect(await names("list", { sortBy: { column: "created_at", order: "desc" } })).toEqual([
      "sub",
      "c_c.txt",
      "A.txt",
      "b.txt",
    ]);
    const [folder, ...rest] = (await data(files.list("list", { limit: 4 }))).reverse();
    expect(folder).toMatchObject({ name: "sub", id: null, metadata: null });
    expect(rest[0]).toMatchObject({ name: "c_c.txt", metadata: { size: 7, mimetype: "text/plain" } });
    expect(await data(user.storage.from("open").list("list"))).toEqual([]);
  });

  it("moves, copies and removes", async () => {
    const files = user.storage.from("ingest");
    await data(files.upload(own("from.txt"), "moved", { contentType: "text/plain" }));
    await data(files.move(own("from.txt"), own("to.txt")));
    expect(await data(files.copy(own("to.txt"), own("copy.txt")))).toEqual({
      path: `ingest/${own("copy.txt")}`,
    });
    expect((await files.move(own("to.txt"), "elsewhere.txt")).error).toMatchObject({ statusCode: "403" });
    expect((await files.copy(own("to.txt"), own("copy.txt"))).error).toMatchObject({ statusCode: "409" });
    const removed = await data(files.remove([own("to.txt"), own("from.txt"), "secret.txt"]));
    expect(removed.map(({ name }) => name)).toEqual([own("to.txt")]);
    expect(await (await data(files.download(own("copy.txt")))).text()).toBe("moved");
  });

  it("signs URLs that anybody can read for a while, and gives public ones", async () => {
    const files = user.storage.from("ingest");
    const path = own("a name+.txt");
    await data(files.upload(path, "signed", { contentType: "text/plain" }));
    const { signedUrl } = await data(files.createSignedUrl(path, 60, { download: "b.txt" }));
    const answer = await fetch(signedUrl);
    expect(await answer.text()).toBe("signed");
    expect(answer.headers.get("content-disposition")).toContain("filename=b.txt");
    expect((await fetch(signedUrl.replace("a%20name", "other"))).status).toBe(400);
    expect((await fetch(signedUrl.replace(/token=[^&]+/, "token=x"))).status).toBe(400);
    expect((await files.createSignedUrl("secret.txt", 60)).error).toMatchObject({
      message: "Object not found",
    });
    const many = await data(files.createSignedUrls([path, "secret.txt"], 60));
    expect(many.map(({ error }) => error === null)).toEqual([true, false]);
    expect(await (await fetch(many[0]?.signedUrl ?? "")).text()).toBe("signed");

    const open = service.storage.from("open");
    await data(open.upload("page.txt", "for all", { contentType: "text/plain" }));
    expect(await (await fetch(open.getPublicUrl("page.txt").data.publicUrl)).text()).toBe("for all");
  });

  it("shows buckets to who may see them", async () => {
    expect(await data(service.storage.getBucket("ingest"))).toMatchObject({
      id: "ingest",
      public: false,
      file_size_limit: 1_000_000,
      allowed_mime_types: ["image/*", "text/plain"],
    });
    expect((await data(service.storage.listBuckets())).map(({ id }) => id)).toEqual(["ingest", "open"]);
    expect(await data(user.storage.listBuckets())).toEqual([]);
    expect((await user.storage.getBucket("ingest")).error).toMatchObject({ message: "Bucket not found" });
  });
});
