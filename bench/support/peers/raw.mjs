// Raw SQL: `raw.mjs <database url> <connections> <batch>`.
import pg from "pg";
import { count, run } from "./client.mjs";

const [, , connectionString, connections, batch] = process.argv;
const clients = await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    return client;
  }),
);

async function drain(client) {
  let ids = [];
  for (;;) {
    const { rows } = await client.query({
      name: "step",
      text: "select * from raw_step($1, $2)",
      values: [ids, Number(batch)],
    });
    if (rows.length === 0) return;
    ids = rows.map(({ id }) => id);
    count(ids.length);
  }
}

await run(() => Promise.all(clients.map(drain)));
