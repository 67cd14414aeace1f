import { readdirSync, readFileSync } from "node:fs";

/** Processor time that a server has used since its start, ended backends too, in milliseconds. Linux only. */
export function postgresCpuMs(postmaster: number): number {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(readStat);
  const own = processes.find((each) => each?.pid === postmaster);
  const children = processes.filter((each) => each?.parent === postmaster);
  return [own?.ended ?? 0, ...[own, ...children].map((each) => each?.used ?? 0)].reduce((a, b) => a + b);
}

/** The clock tick of Linux. */
const tickMs = 10;

function readStat(pid: string): { pid: number; parent: number; used: number; ended: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = (index: number) => Number(fields[index]) * tickMs;
    return {
      pid: Number(pid),
      parent: Number(fields[1]),
      used: ticks(11) + ticks(12),
      ended: ticks(13) + ticks(14),
    };
  } catch {
    // It has just ended.
    return undefined;
  }
}
