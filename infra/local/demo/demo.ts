import type pg from "pg";
import type { PlatformFile } from "../platform-file.ts";

/** What a demo works with. */
export interface DemoContext {
  /** How the running platform is reached. */
  platform: PlatformFile;
  /** Connections as the role that deploys. */
  database: pg.Pool;
  /** A number from 0 to below 1, for input that differs from run to run. */
  random: () => number;
}

/** Realistic input for one system. */
export interface Demo {
  /** The system's name in the stack's settings. */
  system: string;
  /** What is shown, in a few words. */
  title: string;
  /** Feeds the system, waits for the outcome and returns what happened, in one line. Throws when it is not as it should be. */
  run(context: DemoContext): Promise<string>;
}
