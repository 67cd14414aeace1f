// `npm run build`: compiles the package into dist/, from nothing, so that no file of an earlier build is packed.
import { rmSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { packageRoot } from "../infra/package-root.ts";

rmSync(path.join(packageRoot, "dist"), { recursive: true, force: true });
const { exitCode } = await execa("node_modules/typescript/bin/tsc", ["-p", "tsconfig.build.json"], {
  cwd: packageRoot,
  stdio: "inherit",
  reject: false,
});
process.exit(exitCode ?? 1);
