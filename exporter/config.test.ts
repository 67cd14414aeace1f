import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../infra/user-error.ts";
import { loadExporterConfig } from "./config.ts";
import type { Given } from "./settings.ts";

const databaseUrl = "postgresql://jobstack_exporter:hunter2@127.0.0.1:54322/postgres";
const otherUrl = "postgresql://jobstack_exporter:hunter3@db.example.com/postgres";
const ways =
  "--database-url, DATABASE_URL, --database-url-file, DATABASE_URL_FILE, --database-url-env, --config";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "jobstack-config-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
}

function load(flags: Given["flags"], env: Given["env"] = {}) {
  return loadExporterConfig({ flags, env });
}

/** Its path, for the flag. */
function yaml(text: string): string {
  return file("exporter.yaml", text);
}

describe("one database, from flags and variables", () => {
  it("needs no more than the database's address", () => {
    expect(load({}, { DATABASE_URL: databaseUrl })).toEqual({
      listen: { host: "127.0.0.1", port: 54330 },
      environment: "local",
      prometheusUrl: null,
      access: null,
      tls: null,
      targets: [{ name: "default", labels: { environment: "local" }, databaseUrl }],
    });
  });

  it("takes every setting from its variable", () => {
    const env = {
      DATABASE_URL: databaseUrl,
      JOBSTACK_EXPORTER_PORT: "9187",
      JOBSTACK_EXPORTER_HOST: "0.0.0.0",
      JOBSTACK_ENVIRONMENT: "production",
      JOBSTACK_PROJECT: "shop",
      JOBSTACK_PROMETHEUS_URL: "http://prometheus:9090",
    };
    expect(load({}, env)).toEqual({
      listen: { host: "0.0.0.0", port: 9187 },
      environment: "production",
      prometheusUrl: "http://prometheus:9090",
      access: null,
      tls: null,
      targets: [{ name: "default", labels: { environment: "production", project: "shop" }, databaseUrl }],
    });
  });

  it("lets a flag win over its variable, and a flag that names the database over every variable that does", () => {
    const env = { DATABASE_URL: databaseUrl, JOBSTACK_EXPORTER_PORT: "9187" };
    const config = load({ port: "9188", databaseUrlFile: file("url", `${otherUrl}\n`) }, env);
    expect(config.listen.port).toBe(9188);
    expect(config.targets[0]?.databaseUrl).toBe(otherUrl);
  });

  it("takes the address from the variable that a flag names, so that it stands on no command line", () => {
    expect(load({ databaseUrlEnv: "SHOP_URL" }, { SHOP_URL: otherUrl }).targets[0]?.databaseUrl).toBe(
      otherUrl,
    );
  });

  it("lists all problems at once by what the user wrote, and repeats no value, which may be a secret", () => {
    const env = {
      DATABASE_URL: "mysql://root:hunter2@db",
      JOBSTACK_EXPORTER_PORT: "70000.5",
      JOBSTACK_ENVIRONMENT: "",
    };
    expect(() => load({ host: "" }, env)).toThrow(
      new UserError("exporter: invalid settings", [
        "--host: empty; write an address such as 127.0.0.1, or leave it out",
        "JOBSTACK_EXPORTER_PORT: not a port; write a whole number from 1 to 65535",
        "JOBSTACK_ENVIRONMENT: empty; write a name such as production, or leave it out",
        "DATABASE_URL: not a Postgres URL; write postgresql://user:password@host:port/database, with what is special in it as %XX",
      ]),
    );
  });

  it("says how to name the database when nothing does", () => {
    expect(() => load({})).toThrow(
      new UserError("exporter: invalid settings", [`database: missing; write exactly one of: ${ways}`]),
    );
  });

  it("takes no guess where two variables name the database", () => {
    expect(() => load({}, { DATABASE_URL: databaseUrl, DATABASE_URL_FILE: "url" })).toThrow(
      `DATABASE_URL: given in more than one way; write exactly one of: ${ways}`,
    );
  });

  it("says which file or variable holds no address, without showing what it holds", () => {
    expect(() => load({ databaseUrlFile: file("url", "hunter2") })).toThrow(
      "--database-url-file: holds what is not a Postgres URL;",
    );
    expect(() => load({ databaseUrlFile: "/nowhere" })).toThrow(
      '--database-url-file: file "/nowhere" cannot be read (ENOENT); write the path of a readable file',
    );
    expect(() => load({ databaseUrlEnv: "SHOP_URL" })).toThrow(
      '--database-url-env: variable "SHOP_URL" is not set; set it to the secret',
    );
  });
});

describe("a file", () => {
  it("names several databases; a target's project is its name, and its environment the file's", () => {
    file("blog-url", `${otherUrl}\n`);
    const config = yaml(`
      listen: { port: 9187 }
      environment: production
      targets:
        - { name: shop, databaseUrlEnv: SHOP_URL }
        - { name: blog, environment: staging, project: press, databaseUrlFile: blog-url }
    `);
    expect(load({ config, port: "9188" }, { SHOP_URL: databaseUrl })).toEqual({
      listen: { host: "127.0.0.1", port: 9188 },
      environment: "production",
      prometheusUrl: null,
      access: null,
      tls: null,
      targets: [
        { name: "shop", labels: { environment: "production", project: "shop" }, databaseUrl },
        { name: "blog", labels: { environment: "staging", project: "press" }, databaseUrl: otherUrl },
      ],
    });
  });

  it("keeps its targets beside a DATABASE_URL that is there for somebody else", () => {
    const config = yaml(`targets: [{ name: shop, databaseUrl: "${otherUrl}" }]`);
    const { targets } = load({ config }, { DATABASE_URL: databaseUrl });
    expect(targets.map(({ databaseUrl }) => databaseUrl)).toEqual([otherUrl]);
  });

  it("may leave the one database to flags and variables", () => {
    const config = yaml("listen: { port: 9187 }");
    expect(load({ config }, { DATABASE_URL: databaseUrl })).toMatchObject({
      listen: { port: 9187 },
      targets: [{ name: "default", databaseUrl }],
    });
  });

  it("lists every problem with its path, also of targets that are wrong in several ways", () => {
    const config = yaml(`
      lissten: {}
      listen: { port: "x" }
      targets:
        - { name: "a b", databaseUrl: "mysql://root:hunter2@db" }
        - { name: shop, databaseUrl: "${otherUrl}", databaseUrlEnv: X, projekt: p }
        - 7
        - { databaseUrlFile: nowhere }
    `);
    expect(() => load({ config, databaseUrl }, {})).toThrow(
      new UserError(`exporter configuration "${config}": invalid`, [
        "--database-url: the configuration file lists the targets; set it there, or leave the file out",
        "listen.port: not a port; write a whole number from 1 to 65535",
        "targets[0].name: must be letters, digits, dots, _ and -, at most 63",
        "targets[0].databaseUrl: not a Postgres URL; write postgresql://user:password@host:port/database, with what is special in it as %XX",
        "targets[1].projekt: unknown setting; remove it",
        "targets[2]: not an entry; write its settings, such as `name: shop`",
        "targets[3].name: missing; write a short name, unique among the targets",
        "lissten: unknown setting; remove it",
        "targets[1].databaseUrl: given in more than one way; write exactly one of: databaseUrl, databaseUrlFile, databaseUrlEnv",
        'targets[3].databaseUrlFile: file "nowhere" cannot be read (ENOENT); write the path of a readable file',
      ]),
    );
  });

  it("refuses targets whose series could not be told apart", () => {
    const config = yaml(`
      targets:
        - { name: shop, databaseUrl: "${databaseUrl}" }
        - { name: shop, databaseUrl: "${otherUrl}" }
        - { name: blog, project: shop, databaseUrl: "${otherUrl}" }
    `);
    expect(() => load({ config })).toThrow(
      new UserError(`exporter configuration "${config}": invalid`, [
        'targets[1].name: "shop" is another target\'s; write another',
        "targets[2].project: another target has the same environment and project; write another",
      ]),
    );
  });

  it("opens for a token from a file, and for users by hash, file or variable", () => {
    file("token", "t0ken\n");
    const hash = `$2y$10$${"a".repeat(53)}`;
    const config = yaml(`
      auth:
        bearerTokenFile: token
        users: [{ name: ada, passwordHash: "${hash}" }, { name: bob, passwordEnv: BOB }]
    `);
    expect(load({ config, databaseUrl }, { BOB: "hunter2" }).access).toEqual({
      bearerToken: "t0ken",
      users: [
        { name: "ada", passwordHash: hash },
        { name: "bob", password: "hunter2" },
      ],
    });
  });

  it("lists what is wrong with users and certificate beside the rest", () => {
    file("cert.pem", "no certificate");
    const config = yaml(`
      listen: { port: 0 }
      auth:
        bearerTokenEnv: TOKEN
        users: [{ name: ada, passwordHash: hunter2 }, { name: ada, passwordFile: nowhere }, { name: bob }]
      tls: { certFile: cert.pem, keyFile: key.pem }
    `);
    expect(() => load({ config, databaseUrl })).toThrow(
      new UserError(`exporter configuration "${config}": invalid`, [
        "listen.port: not a port; write a whole number from 1 to 65535",
        "auth.users[0].passwordHash: not a bcrypt hash; make one with: htpasswd -nBC 10 <name>",
        'auth.bearerTokenEnv: variable "TOKEN" is not set; set it to the secret',
        'auth.users[1].passwordFile: file "nowhere" cannot be read (ENOENT); write the path of a readable file',
        "auth.users[2].passwordHash: missing; write exactly one of: passwordHash, passwordFile, passwordEnv",
        'auth.users[1].name: "ada" is another user\'s; write another',
        'tls.keyFile: file "key.pem" cannot be read (ENOENT); write the path of a readable file',
      ]),
    );
    const empty = yaml("auth: {}\ntls: { certFile: cert.pem, keyFile: cert.pem }");
    expect(() => load({ config: empty, databaseUrl })).toThrow(
      new UserError(`exporter configuration "${empty}": invalid`, [
        "auth: opens to nobody; write bearerTokenFile, bearerTokenEnv or users, or leave it out",
        'tls.certFile: files "cert.pem" and "cert.pem" are no certificate with its key; write two PEM files that belong together',
      ]),
    );
  });

  it("says where it is no YAML, and quotes none of it", () => {
    const config = yaml(`targets:\n  - name: shop\n    databaseUrl: "postgresql://u:hunter2@h/db\n`);
    expect(() => load({ config })).toThrow(
      new UserError(`exporter configuration "${config}": not valid YAML`, ["line 4, column 1: missing char"]),
    );
  });

  it("says that it is missing, or has no settings", () => {
    expect(() => load({ config: "/nowhere.yaml" })).toThrow(
      'exporter configuration "/nowhere.yaml": cannot be read (ENOENT); write the path of a YAML file',
    );
    const config = yaml("just a line");
    expect(() => load({ config })).toThrow(
      `exporter configuration "${config}": no settings in it; write lines such as "targets:"`,
    );
    expect(() => load({ config: yaml("") })).toThrow(
      "targets: missing, or not a list; write one entry for each database",
    );
  });
});
