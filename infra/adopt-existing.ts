import type { ResourceTransformation } from "@pulumi/pulumi";
import { createdNames } from "./provider/postgres/named-relations.ts";

/** Kinds that several may need, and that are used as they are when they exist. */
const shared = ["Extension", "Schema"];

/** Whether an object of this kind that somebody else made is refused unless it is to be taken over. */
export function isAdoptable(kind: string): boolean {
  return !shared.includes(kind);
}

/**
 * Takes over what exists already under the names of the program, instead of refusing it. Files of migrations that make
 * tables count as applied where the tables are there.
 */
export const adoptExisting: ResourceTransformation = ({ type, props, opts }) => {
  const [module, kind = ""] = type.split(":index:");
  if (module !== "jobstack" || !isAdoptable(kind)) return undefined;
  const baseline = kind === "Migration" ? { baseline: creatingFiles(props.files) } : {};
  return { props: { ...props, ...baseline, adopt: true }, opts };
};

function creatingFiles(files: readonly { name: string; sql: string }[]): string[] {
  return files.filter(({ sql }) => createdNames(sql).length > 0).map(({ name }) => name);
}
