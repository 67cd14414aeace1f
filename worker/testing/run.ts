// A worker in a process of its own, for tests of signals: `run.ts <database url> <queue>`. Its jobs run until the
// process is told on stdin; it says what happens in lines.
import { describeEvent, startWorker, stopOnSignals } from "../index.ts";

const [, , database = "", queue = ""] = process.argv;
const told = new Promise((resolve) => process.stdin.once("data", resolve));
const worker = startWorker({
  database,
  queue,
  concurrency: 2,
  handler: () => told,
  onEvent: (event) => console.log(describeEvent(event)),
});
stopOnSignals(worker);
await worker.finished;
console.log("ended");
process.exit(0);
