// Runs the provider from its source, as the engine starts it: `node tools/run-provider.mjs [engine's address]`. An
// engine starts it twice in every deployment, and to compile a hundred files takes longer than all else in a start; so
// what was compiled is kept in node_modules/.cache, under a name that only the very same source has.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const cache = path.join(root, "node_modules/.cache/jobstack");
/** The files that the last build was made of; a change of what belongs to it is a change in one of them. */
const listFile = path.join(cache, "provider-files.json");
const dayMs = 86_400_000;

await import(pathToFileURL(findBuilt() ?? (await build())).href);

function findBuilt() {
  try {
    const files = JSON.parse(readFileSync(listFile, "utf8"));
    const built = bundleOf(new Map(files.map((file) => [file, readFileSync(path.join(root, file), "utf8")])));
    return existsSync(built) ? built : undefined;
  } catch (error) {
    // Never built, or a file of it is gone.
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Several may build at once: each file appears whole, and two of the same name are the same. */
async function build() {
  const esbuild = await import("esbuild");
  const sources = new Map([noteSource(fileURLToPath(import.meta.url))]);
  const noteSources = {
    name: "note-sources",
    setup: ({ onLoad }) =>
      onLoad({ filter: /./ }, ({ path: file }) => {
        // Named after what was compiled, also when somebody is just writing it.
        const [name, contents] = noteSource(file);
        sources.set(name, contents);
        return { contents, loader: "default" };
      }),
  };
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(root, "infra/provider/main.ts")],
    outfile: path.join(cache, "provider.mjs"),
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    plugins: [noteSources],
    write: false,
  });
  const built = bundleOf(sources);
  mkdirSync(cache, { recursive: true });
  removeOldBuilds();
  writeAtomically(built, outputFiles[0].contents);
  writeAtomically(listFile, JSON.stringify([...sources.keys()]));
  return built;
}

function noteSource(file) {
  return [path.relative(root, file), readFileSync(file, "utf8")];
}

function bundleOf(sources) {
  const hash = createHash("sha256");
  for (const name of [...sources.keys()].sort()) hash.update(JSON.stringify([name, sources.get(name)]));
  return path.join(cache, `provider-${hash.digest("hex").slice(0, 32)}.mjs`);
}

function writeAtomically(file, contents) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
}

function removeOldBuilds() {
  for (const name of readdirSync(cache).filter((each) => each.startsWith("provider-"))) {
    const file = path.join(cache, name);
    if (Date.now() - statSync(file).mtimeMs > dayMs) rmSync(file, { force: true });
  }
}
