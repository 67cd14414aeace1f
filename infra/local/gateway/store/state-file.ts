import { existsSync, readFileSync } from "node:fs";
import type { z } from "zod";
import { writeFileAtomically } from "../../write-file-atomically.ts";

export interface StateFileOptions<T> {
  path: string;
  schema: z.ZodType<T>;
  /** Value of a file that does not exist yet. */
  initial: T;
}

/**
 * A small JSON file, readable by its owner only, that is always whole: a process killed at any moment leaves the old
 * value or the new one. Writing is synchronous, so changes cannot overlap.
 */
export class StateFile<T> {
  readonly #path: string;
  #value: T;

  constructor(options: StateFileOptions<T>) {
    this.#path = options.path;
    this.#value = load(options);
  }

  get value(): T {
    return this.#value;
  }

  /** Returns whether it was a change: the very same value again is not. */
  replace(next: T): boolean {
    if (next === this.#value) return false;
    writeFileAtomically(this.#path, JSON.stringify(next));
    this.#value = next;
    return true;
  }
}

function load<T>({ path, schema, initial }: StateFileOptions<T>): T {
  if (!existsSync(path)) return initial;
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new Error(`state file "${path}": is not what this version writes; remove it to start afresh`, {
      cause,
    });
  }
}
