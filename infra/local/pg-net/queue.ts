import { readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { failedResponse, type HttpResponse, type QueuedRequest } from "./request.ts";

export interface FinishedRequest {
  request: QueuedRequest;
  response: HttpResponse;
}

const takeSql = read("take.sql");
const settleSql = read("settle.sql");
const expireSql = read("expire.sql");

/** How many requests may be on their way at once: pg_net.batch_size, as of now. */
export async function batchSize(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ size: string | null }>(
    "select current_setting('pg_net.batch_size', true) as size",
  );
  return Number(rows[0]?.size) || 200;
}

/** Up to `room` queued requests that are not among `busy`, in order of id. */
export async function takeRequests(
  client: pg.ClientBase,
  busy: QueuedRequest[],
  room: number,
): Promise<QueuedRequest[]> {
  const values = [busy.map((request) => request.id), busy.map((request) => request.version), room];
  const result = await whileExtensionExists(() => client.query<QueuedRequest>(takeSql, values));
  return result?.rows ?? [];
}

/** Deletes responses that are older than pg_net.ttl. */
export async function expireResponses(client: pg.ClientBase, limit: number): Promise<void> {
  let deleted: number;
  do {
    deleted = (await whileExtensionExists(() => client.query(expireSql, [limit])))?.rowCount ?? 0;
  } while (deleted >= limit);
}

/**
 * Stores responses and deletes their requests. Returns the requests whose response the database refuses to take in any
 * form (a trigger on the table that raises): those are still queued. Throws when the connection is lost.
 */
export async function settleRequests(
  client: pg.ClientBase,
  finished: FinishedRequest[],
): Promise<QueuedRequest[]> {
  try {
    await whileExtensionExists(() => client.query(settleSql, columns(finished)));
    return [];
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  const refused: QueuedRequest[] = [];
  for (const { request, response } of finished) {
    const plain = failedResponse("Failed writing received data to disk/application");
    if (await isStored(client, { request, response })) continue;
    if (!(await isStored(client, { request, response: plain }))) refused.push(request);
  }
  return refused;
}

async function isStored(client: pg.ClientBase, one: FinishedRequest): Promise<boolean> {
  try {
    await client.query(settleSql, columns([one]));
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

function columns(finished: FinishedRequest[]): unknown[] {
  const responses = finished.map(({ response }) => response);
  return [
    finished.map(({ request }) => request.id),
    finished.map(({ request }) => request.version),
    responses.map((response) => response.statusCode),
    responses.map((response) => response.contentType),
    responses.map((response) => response.headers && JSON.stringify(response.headers)),
    responses.map((response) => response.content),
    responses.map((response) => response.timedOut),
    responses.map((response) => response.errorMsg),
  ];
}

/** Undefined when the extension is not created (yet), or was dropped: then there is nothing to do. */
async function whileExtensionExists<T>(query: () => Promise<T>): Promise<T | undefined> {
  try {
    return await query();
  } catch (error) {
    if (error instanceof pg.DatabaseError && ["42P01", "3F000"].includes(error.code ?? "")) return undefined;
    throw error;
  }
}

/** The database is there but does not take the statement; class 57P means that it is going down. */
function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !(error.code ?? "").startsWith("57P");
}

function read(name: string): string {
  return readFileSync(path.join(import.meta.dirname, "sql", name), "utf8");
}
