/** A mistake of the user or a state of the machine: shown as its text, never with a stack trace. */
export class UserError extends Error {
  readonly problems: readonly string[];

  /** `problems` are listed one per line below the summary, all that were found. */
  constructor(summary: string, problems: readonly string[] = [], options?: ErrorOptions) {
    super([summary, ...problems.map((problem) => `  - ${problem}`)].join("\n"), options);
    this.name = "UserError";
    this.problems = problems;
  }
}
