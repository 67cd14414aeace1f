import path from "node:path";
import { type BuildHelp, buildPulumi } from "./build-pulumi.ts";
import { downloadPulumi } from "./download-pulumi.ts";
import type { PulumiSource } from "./pulumi.ts";
import type { ToolchainContext } from "./toolchain-context.ts";

/** The official download, which takes seconds; then, where it cannot be reached, a build from the Go module proxy. */
export function pulumiSources(
  sdkVersion: string,
  context: ToolchainContext,
  help: BuildHelp,
): PulumiSource[] {
  return [
    { name: "official download", make: (dir, root) => downloadPulumi(dir, root, context) },
    {
      name: "build from source",
      make: (_dir, root) => buildPulumi(sdkVersion, path.join(root, "bin/pulumi"), context, help),
    },
  ];
}
