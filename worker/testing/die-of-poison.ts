// A worker in a process of its own that a job kills whose payload is "poison": `die-of-poison.ts <database url> <queue>`.
import { startWorker } from "../index.ts";

const [, , database = "", queue = ""] = process.argv;
startWorker({
  database,
  queue,
  connections: 1,
  handler: async ({ row }) => {
    if (row.payload === "poison") process.kill(process.pid, "SIGKILL");
  },
});
