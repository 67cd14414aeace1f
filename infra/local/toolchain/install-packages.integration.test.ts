import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { installScript } from "./apt.ts";

let root: string;
let policy: string;
let clusterConf: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "jobstack-apt-"));
  policy = path.join(root, "usr/sbin/policy-rc.d");
  clusterConf = path.join(root, "etc/postgresql-common/createcluster.d/jobstack.conf");
  fake("systemctl", "exit 0");
});

afterEach(() => rmSync(root, { recursive: true }));

/** Puts a program in front of the system's own. */
function fake(name: string, script: string): void {
  const file = path.join(root, "bin", name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\ncd ${root}\n${script}\n`);
  chmodSync(file, 0o755);
}

/** An apt-get that downloads at once, and installs by this script. */
function fakeInstallation(script: string): void {
  fake("apt-get", `case " $* " in *" --download-only "*) exit 0;; esac\n${script}`);
}

const options = () => ({
  env: { ...process.env, PATH: `${path.join(root, "bin")}:${process.env.PATH}`, INSTALL_ROOT: root },
});

function install() {
  return spawnSync("sh", [installScript, "install", "hello"], { ...options(), encoding: "utf8" });
}

// Debian's and Ubuntu's way to install needs their tools.
describe.runIf(process.platform === "linux")("install-packages.sh", () => {
  it("lets no service start and no cluster be created while it installs, and undoes that", () => {
    fakeInstallation(
      "usr/sbin/policy-rc.d prometheus.service start; echo $? > answer; cat etc/postgresql-common/createcluster.d/*",
    );
    const { status, stdout } = install();
    expect(status).toBe(0);
    expect(readFileSync(path.join(root, "answer"), "utf8")).toBe("101\n");
    expect(stdout).toBe("create_main_cluster = false\n");
    expect(existsSync(policy)).toBe(false);
    expect(existsSync(path.join(root, "etc/postgresql-common"))).toBe(false);
  });

  it("undoes it also when the installation fails, and hands on the exit code", () => {
    fakeInstallation("exit 100");
    expect(install().status).toBe(100);
    expect(existsSync(policy)).toBe(false);
    expect(existsSync(clusterConf)).toBe(false);
  });

  it("takes no measures when the download fails", () => {
    fake("apt-get", "ls usr; exit 100");
    expect(install()).toMatchObject({ status: 100, stdout: "" });
  });

  it("leaves a policy alone that was there before", () => {
    mkdirSync(path.dirname(policy), { recursive: true });
    writeFileSync(policy, "#!/bin/sh\nexit 101\n");
    fakeInstallation("cat usr/sbin/policy-rc.d");
    expect(install().stdout).toBe("#!/bin/sh\nexit 101\n");
    expect(readFileSync(policy, "utf8")).toBe("#!/bin/sh\nexit 101\n");
  });

  it("removes its own policy that a killed run left", () => {
    fakeInstallation("cp usr/sbin/policy-rc.d left");
    install();
    copyFileSync(path.join(root, "left"), policy);
    install();
    expect(existsSync(policy)).toBe(false);
  });

  it("disables the units that the installation enabled, and no other", () => {
    fake(
      "systemctl",
      'case "$*" in\n*list-unit-files*) cat units;;\n*disable*) echo "$*" >> disabled;;\nesac',
    );
    writeFileSync(path.join(root, "units"), "cron.service enabled enabled\n");
    fakeInstallation("echo 'prometheus.service enabled enabled' >> units");
    expect(install().status).toBe(0);
    expect(readFileSync(path.join(root, "disabled"), "utf8")).toBe(
      `--root=${root}/ disable prometheus.service\n`,
    );
  });

  it("stops a download at once when it is asked to", async () => {
    fake("apt-get", "echo $$ > pid; exec sleep 60");
    const running = spawn("sh", [installScript, "install", "hello"], options());
    const ended = once(running, "exit");
    await vi.waitFor(() => expect(existsSync(path.join(root, "pid"))).toBe(true), { timeout: 5_000 });
    running.kill("SIGTERM");
    expect(await ended).toEqual([130, null]);
  });

  it("finishes an installation that has begun before it stops", async () => {
    fakeInstallation("touch begun; until [ -e go-on ]; do sleep 0.05; done; touch finished");
    const running = spawn("sh", [installScript, "install", "hello"], options());
    const ended = once(running, "exit");
    await vi.waitFor(() => expect(existsSync(path.join(root, "begun"))).toBe(true), { timeout: 5_000 });
    running.kill("SIGINT");
    running.kill("SIGTERM");
    writeFileSync(path.join(root, "go-on"), "");
    await ended;
    expect(existsSync(path.join(root, "finished"))).toBe(true);
    expect(existsSync(policy)).toBe(false);
  });
});
