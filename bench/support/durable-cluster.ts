import { startTemporaryCluster } from "../../test/support/temporary-cluster.ts";

/** Settings of a benchmark's server, where tests take others: what is committed is on the disk. */
export const durable = { fsync: "on", synchronous_commit: "on", full_page_writes: "on" };

/** A private server that reaches the disk at each commit, with room for a benchmark's data. */
export const startDurableCluster = () => startTemporaryCluster(roomySettings);

const roomySettings = {
  ...durable,
  wal_level: "replica",
  max_replication_slots: "0",
  shared_buffers: "1GB",
  max_wal_size: "8GB",
  "pg_stat_statements.track": "none",
};
