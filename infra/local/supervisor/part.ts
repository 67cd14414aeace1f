/** One process of the platform, as the supervisor sees it. */
export interface Part {
  name: string;
  /** Where a user reaches it, if anywhere. */
  url?: string;
  /** The file that receives its output. */
  log: string;
  /** What ends it in good order, for a later command when its supervisor was killed. Default: SIGTERM. */
  stopSignal?: "SIGTERM" | "SIGINT";
  /** Parts that must serve before this one starts. */
  after: readonly string[];
  /** Resolves with the process id once it serves; rejects with a reason. `onExit` reports an unasked-for end later. */
  start(onExit: (reason: string) => void): Promise<number>;
  /** Ends it in good order. Fine when it does not run. */
  stop(): Promise<void>;
}
