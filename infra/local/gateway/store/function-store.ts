import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import {
  type FunctionDraft,
  type FunctionRecord,
  functionRecordSchema,
  recordOf,
} from "./function-record.ts";
import { StateFile } from "./state-file.ts";

const stateSchema = z.object({
  functions: z.record(z.string(), functionRecordSchema),
  /** Uploaded with `bundleOnly`, not yet live. */
  bundles: z.record(z.string(), functionRecordSchema),
});

type State = z.infer<typeof stateSchema>;

/** What an update without new code may change. */
export type FunctionChange = Partial<Pick<FunctionRecord, "name" | "verify_jwt">>;

/**
 * Deployed functions: one JSON file that says what is live, and a folder of code per deploy beside it. The folder is
 * complete before the JSON names it, and is never written again. Folders have random names, not version numbers:
 * versions start again after a delete, while a process of the deleted function may still be running its last work.
 */
export class FunctionStore {
  readonly #root: string;
  readonly #state: StateFile<State>;
  /** Folders of deploys in progress, which `sweep` must leave alone. */
  readonly #staged = new Set<string>();

  constructor(platformDirectory: string) {
    this.#root = path.join(platformDirectory, "functions");
    this.#state = new StateFile({
      path: path.join(platformDirectory, "functions.json"),
      schema: stateSchema,
      initial: { functions: {}, bundles: {} },
    });
  }

  list(): FunctionRecord[] {
    return Object.values(this.#state.value.functions).sort((a, b) => (a.slug < b.slug ? -1 : 1));
  }

  get(slug: string): FunctionRecord | undefined {
    return own(this.#state.value.functions, slug);
  }

  /** Absolute path of the folder that holds a deploy's code. */
  codeDirectory(code: { slug: string; directory: string }): string {
    return path.join(this.#root, code.slug, code.directory);
  }

  /** Makes an empty folder for a deploy; `publish`, `bundle` or `discard` must follow. */
  async stage(slug: string): Promise<string> {
    const directory = randomBytes(8).toString("hex");
    this.#staged.add(directory);
    await mkdir(this.codeDirectory({ slug, directory }), { recursive: true, mode: 0o700 });
    return directory;
  }

  async discard(slug: string, directory: string): Promise<void> {
    await rm(this.codeDirectory({ slug, directory }), { recursive: true, force: true });
    this.#staged.delete(directory);
  }

  /** Makes a staged deploy the live version. */
  publish(draft: FunctionDraft): FunctionRecord {
    const record = recordOf(draft, this.get(draft.slug));
    const { functions, bundles } = this.#state.value;
    this.#state.replace({
      functions: { ...functions, [draft.slug]: record },
      bundles: without(bundles, draft.slug),
    });
    this.#staged.delete(draft.directory);
    return record;
  }

  /** Keeps a staged deploy until `activate` makes it live. */
  bundle(draft: FunctionDraft): FunctionRecord {
    const record = recordOf(draft, this.get(draft.slug));
    const { functions, bundles } = this.#state.value;
    this.#state.replace({ functions, bundles: { ...bundles, [draft.slug]: record } });
    this.#staged.delete(draft.directory);
    return record;
  }

  /** The bundle that waits for `activate`, or else the live function. */
  candidate(slug: string): FunctionRecord | undefined {
    return own(this.#state.value.bundles, slug) ?? this.get(slug);
  }

  /** Makes bundles live with the given changes, and applies them to live functions without a bundle; all in one step. */
  activate(changes: { slug: string; change: FunctionChange }[]): FunctionRecord[] {
    const now = Date.now();
    const updated = changes.map(({ slug, change }) => {
      const live = this.get(slug);
      const next = this.candidate(slug);
      if (next === undefined) throw new Error(`function "${slug}": is not deployed; deploy it first`);
      const version = next === live ? live.version : (live?.version ?? 0) + 1;
      return { ...next, ...change, version, updated_at: now };
    });
    const slugs = changes.map(({ slug }) => slug);
    const { functions, bundles } = this.#state.value;
    this.#state.replace({
      functions: { ...functions, ...Object.fromEntries(updated.map((record) => [record.slug, record])) },
      bundles: without(bundles, ...slugs),
    });
    return updated;
  }

  remove(slug: string): void {
    const { functions, bundles } = this.#state.value;
    this.#state.replace({ functions: without(functions, slug), bundles: without(bundles, slug) });
  }

  /** Deletes code that nothing refers to: not live, not bundled, not being deployed, not in `inUse` (folder names). */
  async sweep(inUse: ReadonlySet<string>): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    for (const slug of await readdir(this.#root)) {
      for (const directory of await readdir(path.join(this.#root, slug))) {
        if (this.#isReferenced(slug, directory) || inUse.has(directory)) continue;
        await rm(path.join(this.#root, slug, directory), { recursive: true, force: true });
      }
    }
  }

  #isReferenced(slug: string, directory: string): boolean {
    const { functions, bundles } = this.#state.value;
    if (this.#staged.has(directory)) return true;
    return [own(functions, slug), own(bundles, slug)].some((record) => record?.directory === directory);
  }
}

/** A slug such as "constructor" must not find what every object inherits. */
function own(records: Record<string, FunctionRecord>, slug: string): FunctionRecord | undefined {
  return Object.hasOwn(records, slug) ? records[slug] : undefined;
}

function without(
  records: Record<string, FunctionRecord>,
  ...slugs: string[]
): Record<string, FunctionRecord> {
  return Object.fromEntries(Object.entries(records).filter(([slug]) => !slugs.includes(slug)));
}
