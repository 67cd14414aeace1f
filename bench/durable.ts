/** Settings of a benchmark's server, where tests take others: what is committed is on the disk. */
export const durable = { fsync: "on", synchronous_commit: "on", full_page_writes: "on" };
