import { createInterface } from "node:readline/promises";

/** Whoever started a command: what is said to them, and what they answer. */
export interface Terminal {
  write(text: string): void;
  writeError(text: string): void;
  /** Whether the engine may colour what it says. */
  color: boolean;
  /** Undefined where nobody is there to answer. */
  ask: ((question: string) => Promise<string>) | undefined;
}

export function openTerminal(): Terminal {
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  return {
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    color: process.stdout.isTTY === true && !process.env.NO_COLOR,
    ask: interactive ? ask : undefined,
  };
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
