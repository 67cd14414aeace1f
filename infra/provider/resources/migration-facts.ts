import { quoteIdentifier } from "../postgres/identifier.ts";
import type { RelationFacts } from "../postgres/relation-facts.ts";

export type MigrationFacts = {
  /** Digest of each declared file that was applied, by name. */
  applied: Record<string, string>;
  /** What the relations are like that the files made, one entry for each aspect. Absent in old states. */
  objects?: Record<string, string>;
  /** By the name that begins its entries, when each relation was last changed by a file. */
  settled?: Record<string, string>;
};

/**
 * The facts of the relations. What cannot or must not be looked at is told as it was observed before: the aspects of a
 * relation that is gone, so that this is one entry, and the privileges of roles that another resource manages by now.
 */
export function relationsAsFacts(
  relations: readonly RelationFacts[],
  managedRoles: readonly string[],
  observed: Record<string, string> | undefined,
): Required<Pick<MigrationFacts, "objects" | "settled">> {
  const entries: [string, string][] = relations.flatMap(({ label, present, entries: live }) => {
    const before = entriesOf(label, observed ?? {});
    const managed = managedRoles.flatMap((role) => [
      ` privileges of ${role}`,
      ` privileges of ${quoteIdentifier(role)}`,
    ]);
    const remembered = present
      ? before.filter(([key]) => managed.some((end) => key.endsWith(end)))
      : before.filter(([key]) => key !== label);
    return [...Object.entries(live), ...remembered];
  });
  return {
    objects: Object.fromEntries(entries),
    settled: Object.fromEntries(relations.map(({ label, settledBy }) => [label, settledBy])),
  };
}

/** What a relation was like when the same file had been the last to change it still counts, and nothing older. */
export function baseline(observed: MigrationFacts, live: MigrationFacts): Omit<MigrationFacts, "applied"> {
  const { objects, settled } = live;
  if (objects === undefined || settled === undefined) return {};
  const labels = Object.keys(settled);
  const counting = labels.flatMap((label) => {
    const unchanged = observed.settled?.[label] === settled[label];
    return entriesOf(label, (unchanged && observed.objects) || objects);
  });
  return { objects: Object.fromEntries(counting), settled };
}

function entriesOf(label: string, objects: Record<string, string>): [string, string][] {
  return Object.entries(objects).filter(([key]) => key === label || key.startsWith(`${label} `));
}
