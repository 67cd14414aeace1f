// What every client of the benchmark does beside its work: says when it is ready, waits to be told to go, tells of its
// progress, and of its processor time when told that all is done.

let handled = 0;
let first;
let told = 0;

/** Counts finished handlers. */
export function count(jobs = 1) {
  first ??= Date.now();
  handled += jobs;
}

/** Runs `work` when told to; `end` when all is done. */
export async function run(work, end = async () => {}) {
  process.on("message", async (message) => {
    if (message === "go") {
      cpu = process.cpuUsage();
      setInterval(tell, 5);
      await work();
    }
    if (message === "end") {
      const { user, system } = process.cpuUsage(cpu);
      process.send({ cpuMs: (user + system) / 1_000 });
      await end();
      process.exit(0);
    }
  });
  process.send("ready");
}

let cpu;

function tell() {
  if (handled === told) return;
  told = handled;
  process.send({ first, handled });
}
