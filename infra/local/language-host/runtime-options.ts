import { z } from "zod";
import type { LanguageMessages } from "./protocol.ts";
import { splitWords } from "./split-words.ts";

const schema = z.object({
  typescript: z.boolean("must be true or false").default(true),
  tsconfig: z.string("must be a string").optional(),
  nodeargs: z.string("must be a string").default(""),
});

/** What `runtime.options` of a Pulumi.yaml says about Node. */
export interface RuntimeOptions {
  /** Arguments of `node` itself. */
  nodeArgs: string[];
  /** Variables by which the SDK learns the rest. */
  env: Record<string, string>;
}

/** Reads the options; throws an error that names each wrong one. Those that this host has no use for are left alone. */
export function readRuntimeOptions(info: LanguageMessages.ProgramInfo | undefined): RuntimeOptions {
  const parsed = schema.safeParse(info?.getOptions()?.toJavaScript() ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `runtime.options.${path.join(".")}: ${message}`,
    );
    throw new Error(`Pulumi.yaml: ${problems.join("; ")}`);
  }
  const { typescript, tsconfig, nodeargs } = parsed.data;
  return {
    nodeArgs: splitWords(nodeargs),
    env: {
      ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
      ...(tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
    },
  };
}
