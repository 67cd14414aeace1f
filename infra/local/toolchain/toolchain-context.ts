/** What every part of the toolchain gets from its caller. */
export interface ToolchainContext {
  /** The output of apt, of the download and of go goes to files in this folder. */
  logDir: string;
  /** Hears what is being done, one short line at a time. */
  progress: (line: string) => void;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}
