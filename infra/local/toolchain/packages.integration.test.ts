import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Program } from "./package-plan.ts";
import { ensurePackages } from "./packages.ts";
import type { ToolchainContext } from "./toolchain-context.ts";

let root: string;
let context: ToolchainContext;
let steps: string[];

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "jobstack-packages-"));
  steps = [];
  const env = { PATH: `${root}/bin:/usr/bin:/bin`, INSTALL_ROOT: root };
  context = { logDir: root, env, progress: (line) => steps.push(line) };
  fake("systemctl", "exit 0");
  fake("sudo", 'shift; exec "$@"');
  offer("postgresql-15", "postgresql-15-cron", "prometheus");
});

afterEach(() => rmSync(root, { recursive: true }));

function fake(name: string, script: string): void {
  const file = path.join(root, "bin", name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\ncd ${root}\n${script}\n`);
  chmodSync(file, 0o755);
}

/** An archive that has these packages. */
function offer(...names: string[]): void {
  const policies = names.map((name) => `${name}:\n  Installed: (none)\n  Candidate: 1\n`).join("");
  writeFileSync(path.join(root, "names"), `${names.join("\n")}\n`);
  writeFileSync(path.join(root, "policies"), policies);
  fake("apt-cache", 'case "$1" in pkgnames) cat names;; policy) cat policies;; esac');
}

/** An apt-get whose installation runs this script, with the packages in $packages. */
function fakeApt(script: string): void {
  fake(
    "apt-get",
    `packages=\${*##* install }\ncase " $* " in *" update "*) echo update >> calls; exit 0;; *" --download-only "*) exit 0;; esac
echo "install $packages" >> calls\n${script}`,
  );
}

/** Missing until a file of that name is there. */
const look = (...programs: Program[]) => programs.filter((program) => !existsSync(path.join(root, program)));

const ensure = (...programs: Program[]) =>
  ensurePackages({ missing: programs, look: () => look(...programs) }, context);

const installations = () =>
  readFileSync(path.join(root, "calls"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("install"));

// Debian's and Ubuntu's way to install needs their tools.
describe.runIf(process.platform === "linux")("ensurePackages", () => {
  it("does nothing when nothing is missing", async () => {
    expect(await ensure()).toEqual([]);
    expect(steps).toEqual([]);
  });

  it("installs all packages at once and reports the steps", async () => {
    fakeApt('echo "pmstatus:prometheus:50.0:Unpacking prometheus"; touch postgres pg_cron prometheus');
    expect(await ensure("postgres", "pg_cron", "prometheus")).toEqual([]);
    expect(installations()).toEqual(["install postgresql-15 postgresql-15-cron prometheus"]);
    expect(steps.slice(-2)).toEqual([
      "installing postgresql-15, postgresql-15-cron, prometheus",
      "installing packages, 50 %: Unpacking prometheus",
    ]);
  });

  it("fetches new lists and tries again when the archive has dropped a version", async () => {
    fakeApt(
      "[ -e tried ] && exec touch postgres pg_cron; touch tried; echo 'E: Failed to fetch x  404  Not Found'; exit 100",
    );
    expect(await ensure("postgres", "pg_cron")).toEqual([]);
    const calls = readFileSync(path.join(root, "calls"), "utf8").trim().split("\n");
    expect(calls.slice(-3)).toEqual([
      "install postgresql-15 postgresql-15-cron",
      "update",
      "install postgresql-15 postgresql-15-cron",
    ]);
  });

  it("gets Postgres also when Prometheus cannot be installed, and notes that", async () => {
    fakeApt(
      'case "$packages" in *prometheus*) echo "E: broken package"; exit 100;; esac; touch postgres pg_cron',
    );
    expect(await ensure("postgres", "pg_cron", "prometheus")).toEqual([
      `Prometheus with promtool: not found; the installation failed; mend the cause, which is in ${root}/packages.log, and run this again`,
    ]);
  });

  it("fails with every missing program and apt's own words", async () => {
    fakeApt('echo "E: You don\'t have enough free space"; exit 100');
    await expect(ensure("postgres", "pg_cron")).rejects.toMatchObject({
      problems: [
        "PostgreSQL server 15 or newer",
        "PostgreSQL extension pg_cron",
        "E: You don't have enough free space",
      ],
    });
  });

  it("installs nothing when apt has no Postgres that fits", async () => {
    offer("postgresql-13", "postgresql-13-cron", "prometheus");
    fakeApt("exit 0");
    await expect(ensure("postgres", "pg_cron", "prometheus")).rejects.toThrow("apt offers no package");
    expect(existsSync(path.join(root, "calls")) ? installations() : []).toEqual([]);
  });

  it("asks another system's user to install", async () => {
    context = { ...context, env: { PATH: path.join(root, "nothing") } };
    await expect(ensure("postgres", "pg_cron")).rejects.toThrow("with this system's own package manager");
  });

  it("does without monitoring on another system", async () => {
    context = { ...context, env: { PATH: path.join(root, "nothing") } };
    expect(await ensure("prometheus", "alertmanager")).toHaveLength(2);
  });
});
