import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { locateWorkspace } from "../workspace.ts";
import { findDatabaseUrl } from "./find-database-url.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "jobstack-find-database-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const mine = "postgresql://postgres:secret@db.example.com:5432/postgres";
const other = "postgres://postgres:secret@other.example.com/postgres";

function find(env: Record<string, string>, file?: string): string {
  const envFile = path.join(dir, ".env.local");
  if (file !== undefined) writeFileSync(envFile, file);
  const workspace = locateWorkspace({ JOBSTACK_DIR: path.join(dir, "platform") });
  mkdirSync(workspace.run, { recursive: true });
  return findDatabaseUrl({ env, envFile, workspace });
}

it("takes the environment's database before the file's", () => {
  expect(find({ DATABASE_URL: mine }, `DATABASE_URL=${other}`)).toBe(mine);
});

it("takes the file's database", () => {
  expect(find({}, `# settings\nSUPABASE_SERVICE_ROLE_KEY=x\nDATABASE_URL="${other}"\n`)).toBe(other);
});

it("says what is wrong with an address, without showing it", () => {
  expect(() => find({ DATABASE_URL: "https://user:secret@example.com" })).toThrow(
    "DATABASE_URL in the environment is no address of a database; write postgresql://user:password@host:port/database",
  );
});

it("says what it needs when there is nothing to connect to", () => {
  expect(() => find({}, "OTHER=1")).toThrow(
    [
      "no database to process the orders of; one of these is needed",
      `  - DATABASE_URL in the environment or in ${dir}/.env.local, for instance postgresql://postgres:<password>@<host>:5432/postgres`,
      "  - the local platform; start it with: npm run up -- --detach",
    ].join("\n"),
  );
});
