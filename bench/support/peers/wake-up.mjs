// A peer at work on one job at a time as they come: `wake-up.mjs <peer> <role> <database url>`. As "worker" it tells when
// each handler began; as "producer" it inserts a job when told to, and tells when that was committed. Times are
// milliseconds since 1970.
import { Logger, run } from "graphile-worker";
import pg from "pg";
import { PgBoss } from "pg-boss";

const [, , peer, role, connectionString] = process.argv;
const now = () => performance.timeOrigin + performance.now();
const begun = (id) => process.send({ id, at: now() });

async function pgBoss(options) {
  const boss = new PgBoss({ connectionString, schedule: false, supervise: false, ...options });
  boss.on("error", () => {});
  await boss.start();
  return boss;
}

/** pg-boss's own ways to hear of a job: NOTIFY, where the queue is told to, or polling at its shortest interval. */
async function pgBossPeer(notify) {
  const boss = await pgBoss({ useListenNotify: notify });
  const queue = notify ? "notified" : "polled";
  await boss.createQueue(queue, { notify });
  return {
    insert: (id) => boss.send(queue, { id }),
    work: () =>
      boss.work(queue, { pollingIntervalSeconds: notify ? 2 : 0.5 }, async ([job]) => begun(job.data.id)),
  };
}

const peers = {
  async "graphile-worker"() {
    const producer = new pg.Client({ connectionString });
    await producer.connect();
    return {
      insert: (id) =>
        producer.query("select graphile_worker.add_job('noop', json_build_object('id', $1::text))", [id]),
      work: () =>
        run({
          preset: {
            worker: { connectionString, concurrentJobs: 1, logger: new Logger(() => () => {}) },
          },
          noHandleSignals: true,
          taskList: { noop: async ({ id }) => begun(id) },
        }),
    };
  },
  "pg-boss": () => pgBossPeer(true),
  "pg-boss-polling": () => pgBossPeer(false),
};

const { insert, work } = await peers[peer]();
if (role === "worker") await work();
process.on("message", async (id) => {
  await insert(id);
  process.send({ id, at: now() });
});
process.send("ready");
