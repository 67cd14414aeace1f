import pg from "pg";

/** Runs one piece of work on a connection of its own. */
export async function withDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "jobstack up" });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
