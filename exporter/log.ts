/** Writes one event. Fields never hold a secret or a whole SQL text. */
export type Log = (event: string, fields?: Readonly<Record<string, string | number>>) => void;

/** One line of JSON per event on stderr; stdout is left to the line `ready`. */
export const logToStderr: Log = (event, fields = {}) => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
};
