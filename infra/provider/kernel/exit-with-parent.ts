const INTERVAL_MS = 500;

/** Ends this process once the one that started it is gone: an engine that is killed cannot stop its providers. */
export function exitWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, INTERVAL_MS).unref();
}
