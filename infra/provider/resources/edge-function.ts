import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import { digestsOf, type ImportGraph, readImportGraph } from "../supabase/import-graph.ts";
import { adopt } from "./names.ts";

const projectPath = z
  .string()
  .min(1, "must not be empty")
  .refine((text) => !path.isAbsolute(text) && !text.split("/").includes(".."), {
    error: ({ input }) => `"${input}" leads out of the project; write a path relative to root`,
  });

const inputs = z.strictObject({
  slug: z
    .string()
    .max(64, "must have at most 64 characters")
    .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, "must be letters, digits, - and _, and begin with a letter")
    .describe("name in the address"),
  root: z
    .string()
    .refine((text) => path.isAbsolute(text), "must be an absolute path")
    .describe("folder of the project"),
  entrypoint: projectPath.describe("the file that serves"),
  importMap: projectPath.optional().describe("import map or deno.json"),
  verifyJwt: z.boolean().describe("refuse requests without a valid JWT"),
  staticFiles: z.array(projectPath).optional().describe("files that no import names"),
  sources: z.record(z.string(), z.string()).optional().describe("SHA-256 of every file by path; computed"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
/** The digest is absent while the API does not tell it. */
type Facts = {
  version: number;
  codeSha256?: string;
  verifyJwt: boolean;
  name: string;
  entrypoint: string;
  importMap: string;
  status: string;
};

/** An Edge Function with every file it imports; any change of the deployed one, also of its code, is seen. */
export const edgeFunction: Resource<Inputs, Facts> = {
  kind: "EdgeFunction",
  noun: "edge function",
  schema: inputs,
  defaults: {},
  identity: ["slug"],
  // The same project lies elsewhere on every machine.
  workingInputs: ["root"],
  shownAs: { verifyJwt: ["verifyJwt"], entrypoint: ["entrypoint"], importMap: ["importMap"] },
  atomic: false,

  id: ({ slug }) => slug,

  async derive(_context, given) {
    if (given.root === undefined || given.entrypoint === undefined) return {};
    const graph = await graphOf(given);
    return { inputs: { sources: digestsOf(graph.files) }, problems: graph.problems };
  },

  async read({ api }, id, known) {
    const found = await api.findFunction(id);
    if (found === undefined) return undefined;
    const { version, codeSha256, verifyJwt, name, entrypoint, importMap, status } = found;
    // An import compares the program's files with those that run; later the digest and the version tell.
    const sources = known.inputs === undefined ? digestsOf(await api.downloadFunction(id)) : undefined;
    return {
      inputs: {
        ...known.inputs,
        slug: id,
        entrypoint,
        ...(importMap !== "" && { importMap }),
        verifyJwt,
        ...(sources !== undefined && { sources }),
      } as Inputs,
      facts: {
        version,
        verifyJwt,
        name,
        entrypoint,
        importMap,
        status,
        ...(codeSha256 !== "" && { codeSha256 }),
      },
    };
  },

  async apply({ api }, wanted) {
    const graph = await graphOf(wanted);
    const [problem] = graph.problems;
    if (problem !== undefined)
      throw userError("edge function", wanted.slug, problem.reason, "correct it and try again");
    if (wanted.sources !== undefined && !isDeepStrictEqual(digestsOf(graph.files), wanted.sources)) {
      throw userError(
        "edge function",
        wanted.slug,
        "its files changed since they were looked at",
        "deploy again",
      );
    }
    await api.deployFunction({
      slug: wanted.slug,
      entrypoint: wanted.entrypoint,
      importMap: graph.importMap,
      staticPatterns: wanted.staticFiles ?? [],
      verifyJwt: wanted.verifyJwt,
      files: graph.files,
    });
  },

  async remove({ api }, id) {
    await api.deleteFunction(id);
  },
};

async function graphOf(given: Partial<Inputs>): Promise<ImportGraph> {
  const { root = "", entrypoint = "", importMap, staticFiles = [] } = given;
  return await readImportGraph({ root, entrypoint, importMap, staticFiles });
}
