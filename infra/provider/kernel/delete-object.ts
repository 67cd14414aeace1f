import type { Sql } from "../postgres/database.ts";
import { ownsObject, releaseObject } from "../postgres/ownership.ts";
import type { Facts, Inputs, KnownState } from "./resource.ts";
import { contextOf, type Subject, type World } from "./world.ts";

/** That the object is gone already is fine. */
export async function deleteObject(
  world: World,
  subject: Subject,
  id: string,
  known: KnownState<Inputs, Facts>,
): Promise<void> {
  const { resource, urn } = subject;
  const remove = async (sql: Sql) => {
    const owned = await ownsObject(sql, resource.kind, id, urn);
    await resource.remove(contextOf(world, subject, sql), id, known, owned);
  };
  const release = (sql: Sql) => releaseObject(sql, resource.kind, id, urn);
  if (resource.atomic) {
    await world.database.change(async (sql) => {
      await remove(sql);
      await release(sql);
    });
  } else {
    await remove(world.database.reader);
    await world.database.change(release);
  }
}
