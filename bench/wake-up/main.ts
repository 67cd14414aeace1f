// `npm run bench:wake-up`: how long after the commit of an insert its handler begins. Method and results: bench/README.md.
import { Command } from "commander";
import { preparePeers } from "../support/peers-folder.ts";
import { jobstackSubject } from "./jobstack-subject.ts";
import { measure, type Subject } from "./measure.ts";
import { peerSubject } from "./peer-subject.ts";

interface Stream {
  name: string;
  count: number;
  gapMs: number;
}

const streams: Stream[] = [
  // Longer than a worker lingers, so that each insert calls for one.
  { name: "idle, one in 5 s", count: 30, gapMs: 5_000 },
  { name: "1 a second", count: 60, gapMs: 1_000 },
  { name: "10 a second", count: 300, gapMs: 100 },
  { name: "50 a second", count: 1_000, gapMs: 20 },
];

new Command("bench:wake-up")
  .option("--part <fraction>", "do only so much of each stream", Number, 1)
  .action(async ({ part }: { part: number }) => {
    console.log("| what | stream | median, ms | p99, ms | longest, ms |\n| --- | --- | --- | --- | --- |");
    const peers = await preparePeers();
    const graphileWorker = () => peerSubject("graphile-worker 0.18.0, LISTEN", "graphile-worker", peers);
    const pgBoss = () => peerSubject("pg-boss 12.38.0, LISTEN", "pg-boss", peers);
    const polling = () => peerSubject("pg-boss 12.38.0, polling every 0.5 s", "pg-boss-polling", peers);
    for (const begin of [jobstackSubject, graphileWorker, pgBoss, polling]) {
      const subject = await begin();
      try {
        await report(subject, { name: "the first, cold", count: 1, gapMs: 0 });
        // Polling takes two jobs a second, so it would only fall behind in the others.
        for (const stream of begin === polling ? streams.slice(0, 2) : streams)
          await report(subject, { ...stream, count: Math.ceil(stream.count * part) });
      } finally {
        await subject.stop();
      }
    }
  })
  .parseAsync();

async function report(subject: Subject, { name, count, gapMs }: Stream): Promise<void> {
  const { median, p99, most } = await measure(subject, count, gapMs);
  const cells = [subject.name, name, ...[median, p99, most].map((ms) => ms.toFixed(1))];
  console.log(`| ${cells.join(" | ")} |`);
}
