// Runs a TypeScript entry of this project with its npm dependencies in place: `node tools/run.mjs <entry.ts> [args]`.
// Plain JavaScript on Node's own modules, because on a fresh clone nothing is installed yet.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const minimum = [20, 20];
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < minimum[0] || (major === minimum[0] && minor < minimum[1])) {
  fail(`Node ${process.versions.node} is too old; install Node ${minimum.join(".")} or newer`);
}

installDependencies();
await runEntry(process.argv[2], process.argv.slice(3));

function installDependencies() {
  if (areInstalled()) return;
  console.log("Installing npm dependencies ...");
  const npm = spawnSync("npm", ["ci", "--include=dev", "--no-fund", "--no-audit", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
  });
  if (npm.status !== 0) fail("npm ci failed (see above); mend that and run the command again");
}

/** npm records what it installed in node_modules/.package-lock.json; optional packages may be for other platforms. */
function areInstalled() {
  const recorded = path.join(root, "node_modules", ".package-lock.json");
  if (!existsSync(recorded)) return false;
  const installed = JSON.parse(readFileSync(recorded, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(
    ([name, { version, optional }]) =>
      name === "" || installed[name]?.version === version || (optional && !installed[name]),
  );
}

/** In this process, so that Ctrl-C and exit codes are the entry's own. */
async function runEntry(entry, args) {
  const { register } = await import("tsx/esm/api");
  register();
  process.argv = [process.argv[0], path.join(root, entry), ...args];
  await import(pathToFileURL(path.join(root, entry)).href);
}

function fail(message) {
  console.error(`jobstack: ${message}`);
  process.exit(1);
}
