import pg from "pg";

/** What the driver's types leave out of its connection. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Runs a `copy ... from stdin` statement with `data` as what it reads. */
export async function copyIn(client: pg.ClientBase, statement: string, data: string): Promise<void> {
  const handleCopyInResponse = (connection: CopyConnection) => {
    connection.sendCopyFromChunk(Buffer.from(data));
    connection.endCopyFrom();
  };
  await new Promise<void>((resolve, reject) => {
    const query = Object.assign(new pg.Query(statement), { handleCopyInResponse });
    query.on("error", reject);
    query.on("end", () => resolve());
    client.query(query);
  });
}
