import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/support/test-database.ts";
import { demoUserId as ada, demoUserToken } from "../../demo-user.ts";
import { createApiKeys } from "../jwt.ts";
import { jwtSecret, startTestGateway, type TestGateway } from "../testing/test-gateway.ts";

let database: TestDatabase;
let gateway: TestGateway;
let serviceKey: string;
let anonKey: string;
let adaToken: string;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway({ databaseUrl: database.url });
  ({ serviceRole: serviceKey, anon: anonKey } = await createApiKeys(jwtSecret));
  adaToken = await demoUserToken();
  await database.pool.query(`
    insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
    values ('files', 'files', false, null, null), ('open', 'open', true, null, null),
      ('small', 'small', false, 10, null), ('images', 'images', false, null, '{image/*,application/pdf}');
    -- Everybody keeps and sees what is in a folder of their own name; there is no policy for update or delete.
    create policy own_insert on storage.objects for insert to authenticated
      with check (bucket_id = 'files' and (storage.foldername(name))[1] = auth.uid()::text);
    create policy own_select on storage.objects for select to authenticated
      using (bucket_id = 'files' and (storage.foldername(name))[1] = auth.uid()::text);
  `);
});

afterAll(async () => {
  await gateway.close();
  await database.drop();
});

interface Request extends Pick<RequestInit, "method" | "body"> {
  token?: string | null;
  headers?: Record<string, string>;
}

function storage(route: string, { token = serviceKey, headers = {}, ...init }: Request = {}) {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${gateway.url}/storage/v1${route}`, { ...init, headers: { ...authorization, ...headers } });
}

const upload = (route: string, request: Request = {}) =>
  storage(`/object/${route}`, { method: "POST", body: "some bytes", ...request });

const outcome = async (response: Response) => ({
  status: response.status,
  body: (await response.json()) as Record<string, string>,
});

const refusal = (statusCode: string, code: string, error: string, message: string) => ({
  status: 400,
  body: { statusCode, code, error, message },
});

async function rows(name: string) {
  const { rows: found } = await database.pool.query("select o.* from storage.objects o where o.name = $1", [
    name,
  ]);
  return found;
}

const kept = (folder: "objects" | "undecided") =>
  readdir(path.join(gateway.directory, "state", "storage", folder));

describe("upload and download", () => {
  it("gives back the very bytes, with type, size and caching, and writes Storage's row", async () => {
    const bytes = randomBytes(300_000);
    const eTag = `"${createHash("md5").update(bytes).digest("hex")}"`;
    const sent = await upload("files/deep/er/a b.png", {
      body: bytes,
      headers: {
        "content-type": "image/png",
        "cache-control": "max-age=60",
        "x-metadata": Buffer.from('{"source":"test"}').toString("base64"),
      },
    });
    const { status, body } = await outcome(sent);
    expect({ status, key: body.Key }).toEqual({ status: 200, key: "files/deep/er/a b.png" });

    const answer = await storage("/object/files/deep/er/a%20b.png");
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "image/png",
      "content-length": "300000",
      "cache-control": "max-age=60",
      etag: eTag,
    });
    expect(await rows("deep/er/a b.png")).toMatchObject([
      {
        id: body.Id,
        bucket_id: "files",
        owner: null,
        owner_id: null,
        path_tokens: ["deep", "er", "a b.png"],
        metadata: { eTag, size: 300_000, mimetype: "image/png", cacheControl: "max-age=60" },
        user_metadata: { source: "test" },
      },
    ]);
  });

  it("takes a browser's form", async () => {
    const form = new FormData();
    form.append("cacheControl", "3600");
    form.append("metadata", '{"lang":"ja"}');
    form.append("", new Blob(["ページ"], { type: "text/markdown" }), "page.md");
    expect((await upload("files/form.md", { body: form })).status).toBe(200);
    const answer = await storage("/object/authenticated/files/form.md");
    expect(await answer.text()).toBe("ページ");
    expect(answer.headers.get("content-type")).toBe("text/markdown");
    expect(answer.headers.get("cache-control")).toBe("max-age=3600");
    expect(await rows("form.md")).toMatchObject([{ user_metadata: { lang: "ja" } }]);
  });

  it("takes JSON and empty files as they are", async () => {
    await upload("files/data.json", { body: "{ not json", headers: { "content-type": "application/json" } });
    expect(await (await storage("/object/files/data.json")).text()).toBe("{ not json");
    expect((await upload("files/empty", { body: null })).status).toBe(200);
    expect((await storage("/object/files/empty")).headers.get("content-length")).toBe("0");
  });

  it("keeps what is there, unless told to replace it; then the old bytes are gone", async () => {
    await upload("files/twice", { body: "first" });
    expect(await outcome(await upload("files/twice", { body: "second" }))).toEqual(
      refusal("409", "ResourceAlreadyExists", "Duplicate", "The resource already exists"),
    );
    const [{ id, version }] = await rows("twice");
    await upload("files/twice", { body: "second", headers: { "x-upsert": "true" } });
    expect(await (await storage("/object/files/twice")).text()).toBe("second");
    await upload("files/twice", { body: "third", method: "PUT" });
    expect(await (await storage("/object/files/twice")).text()).toBe("third");
    expect((await rows("twice"))[0].id).toBe(id);
    expect(await kept("objects")).not.toContain(version);
  });

  it("serves ranges, what has not changed, headers alone, and names for saving", async () => {
    await upload("files/digits", { body: "0123456789" });
    const part = await storage("/object/files/digits", { headers: { range: "bytes=2-4" } });
    expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
      206,
      "bytes 2-4/10",
      "234",
    ]);
    const head = await storage("/object/files/digits", { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "10"]);
    const etag = head.headers.get("etag") ?? "";
    expect((await storage("/object/files/digits", { headers: { "if-none-match": etag } })).status).toBe(304);
    const saved = await storage("/object/files/digits?download=my%20digits");
    expect(saved.headers.get("content-disposition")).toBe(
      "attachment; filename=my%20digits; filename*=UTF-8''my%20digits;",
    );
  });

  it("does not serve a page as a page", async () => {
    await upload("files/page.html", { headers: { "content-type": "text/html" } });
    expect((await storage("/object/files/page.html")).headers.get("content-type")).toBe("text/plain");
  });
});

describe("refusals", () => {
  it.each([
    [
      "a bucket that is not there",
      "missing/a",
      "404",
      "NoSuchBucket",
      "Bucket not found",
      "Bucket not found",
    ],
    ["an object that is not there", "files/missing", "404", "NoSuchKey", "not_found", "Object not found"],
  ])("tells of %s", async (_case, route, ...expected) => {
    const answer = await storage(`/object/${route}`);
    expect(await outcome(answer)).toEqual(refusal(...(expected as [string, string, string, string])));
  });

  it("takes no name that S3 would not", async () => {
    expect(await outcome(await upload("files/caf%C3%A9"))).toEqual(
      refusal("400", "InvalidKey", "InvalidKey", "Invalid key: café"),
    );
  });

  it("holds to the bucket's limits", async () => {
    const message = "The object exceeded the maximum allowed size";
    expect(await outcome(await upload("small/eleven", { body: "12345678901" }))).toEqual(
      refusal("413", "EntityTooLarge", "Payload too large", message),
    );
    expect((await upload("small/ten", { body: "1234567890" })).status).toBe(200);
    const form = new FormData();
    form.append("", new Blob(["12345678901"]), "eleven");
    expect((await outcome(await upload("small/form", { body: form }))).body.message).toBe(message);
    expect(
      await outcome(await upload("images/a.txt", { headers: { "content-type": "text/plain" } })),
    ).toEqual(
      refusal("415", "InvalidMimeType", "invalid_mime_type", "mime type text/plain is not supported"),
    );
    for (const type of ["image/webp", "application/pdf"]) {
      expect((await upload(`images/${type}`, { headers: { "content-type": type } })).status).toBe(200);
    }
  });

  it("wants a good token for what is not public", async () => {
    expect(await outcome(await upload("files/none", { token: null }))).toEqual(
      refusal("400", "InvalidRequest", "Error", "headers must have required property 'authorization'"),
    );
    const expired = await new SignJWT({ role: "service_role" })
      .setProtectedHeader({ alg: "HS256" })
      .setExpirationTime(new Date(0))
      .sign(new TextEncoder().encode(jwtSecret));
    const answer = await outcome(await upload("files/none", { token: expired }));
    expect(answer.body).toMatchObject({ statusCode: "403", error: "Unauthorized" });
    await upload("files/private");
    expect((await storage("/object/files/private", { token: null })).status).toBe(400);
    expect((await storage("/object/public/files/private", { token: null })).status).toBe(400);
    await upload("open/all");
    for (const route of ["/object/public/open/all", "/object/open/all"]) {
      expect(await (await storage(route, { token: null })).text()).toBe("some bytes");
    }
  });
});

it("lets pages of any origin call", async () => {
  const headers = {
    origin: "http://localhost:3000",
    "access-control-request-headers": "authorization,x-upsert",
  };
  const preflight = await storage("/object/files/a", { token: null, method: "OPTIONS", headers });
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "authorization,x-upsert",
  });
  expect((await upload("files/from-a-page")).headers.get("access-control-allow-origin")).toBe("*");
});

describe("row-level security", () => {
  const denied = refusal("403", "AccessDenied", "Unauthorized", "new row violates row-level security policy");

  it("decides who keeps and sees what, and knows the owner", async () => {
    expect(await outcome(await upload(`files/${randomUUID()}/a`, { token: adaToken }))).toEqual(denied);
    expect(await outcome(await upload(`files/${ada}/a`, { token: anonKey }))).toEqual(denied);
    expect((await upload(`files/${ada}/a`, { token: adaToken })).status).toBe(200);
    expect(await rows(`${ada}/a`)).toMatchObject([{ owner: ada, owner_id: ada }]);
    expect(await (await storage(`/object/files/${ada}/a`, { token: adaToken })).text()).toBe("some bytes");
    expect(await outcome(await storage(`/object/files/${ada}/a`, { token: anonKey }))).toEqual(
      refusal("404", "NoSuchKey", "not_found", "Object not found"),
    );
  });

  it("lets nobody replace without a policy for update", async () => {
    await upload(`files/${ada}/fixed`, { token: adaToken, body: "first" });
    const again = await upload(`files/${ada}/fixed`, {
      token: adaToken,
      headers: { "x-upsert": "true" },
    });
    expect((await outcome(again)).body.statusCode).toBe("403");
    expect(await (await storage(`/object/files/${ada}/fixed`)).text()).toBe("first");
  });
});

describe("what a crash leaves", () => {
  it("keeps no bytes of what was refused or failed", async () => {
    const before = (await kept("objects")).length;
    await upload("small/too-large", { body: "12345678901" });
    // A trigger of the user refuses the row when the bytes are there already.
    await database.admin.query(`
      create function public.refuse() returns trigger language plpgsql as $$
      begin
        if new.metadata is not null then raise exception 'no'; end if;
        return new;
      end $$;
      create trigger refuse before insert on storage.objects for each row
        when (new.name = 'refused') execute function public.refuse();
    `);
    expect((await upload("files/refused")).status).toBe(500);
    expect(await rows("refused")).toEqual([]);
    expect(await kept("objects")).toHaveLength(before);
    expect(await kept("undecided")).toEqual([]);
  });

  it("ends what a killed platform left open: bytes stay with a row, and go without one", async () => {
    const state = path.join(gateway.directory, "left");
    const [withRow, without] = [randomUUID(), randomUUID()];
    for (const folder of ["objects", "undecided"]) {
      await mkdir(path.join(state, "storage", folder), { recursive: true });
      for (const version of [withRow, without])
        await writeFile(path.join(state, "storage", folder, version), "left");
    }
    await database.pool.query(
      "insert into storage.objects (bucket_id, name, version) values ('files', 'left', $1)",
      [withRow],
    );
    const next = await startTestGateway({ databaseUrl: database.url, platformDirectory: state });
    try {
      const headers = { authorization: `Bearer ${serviceKey}` };
      const files = `${next.url}/storage/v1/object/files`;
      await fetch(`${files}/after`, { method: "POST", body: "after", headers });
      expect(await (await fetch(`${files}/left`, { headers })).text()).toBe("left");
      const left = await readdir(path.join(state, "storage", "objects"));
      expect(left).toHaveLength(2);
      expect(left).not.toContain(without);
      expect(await readdir(path.join(state, "storage", "undecided"))).toEqual([]);
    } finally {
      await next.close();
    }
  });

  it("says so when a row has no bytes here", async () => {
    await database.pool.query("insert into storage.objects (bucket_id, name) values ('files', 'by-sql')");
    expect(await outcome(await storage("/object/files/by-sql"))).toEqual(
      refusal("404", "NoSuchKey", "Not found", "The resource was not found"),
    );
  });
});
