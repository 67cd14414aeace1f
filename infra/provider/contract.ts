import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatPath, type Path, valueAt } from "./kernel/path.ts";
import { type DecodedProperties, UNKNOWN } from "./kernel/properties.ts";
import { HOSTILE_TEXTS, ODD_NAMES, replaceAt, textPaths } from "./testing/hostile-texts.ts";
import { type PlainInputs, ProviderClient, type ResourceState } from "./testing/provider-client.ts";
import { type Canary, setCanary } from "./testing/set-canary.ts";

type FactPath = string | Path;

/** Somebody changes the object behind Pulumi's back. */
export interface OutsideChange {
  /** Completes "shows and repairs that ...". */
  title: string;
  make(name: string): Promise<void>;
  /** Facts that a preview must name, or the paths of single entries of them, which may depend on the name. */
  facts: FactPath[] | ((name: string) => FactPath[]);
  /** Paths of the inputs as which a preview must show them. */
  inputs?: string[];
  /** For what an update does not repair: somebody puts it back as it was. */
  undo?(name: string): Promise<void>;
}

/** One resource's part of the contract; the rest is the same for all. Every test gets a name of its own. */
export interface ContractCase {
  kind: string;
  config(): PlainInputs;
  inputs(name: string): PlainInputs;
  id(name: string): string;
  /** Inputs to which the object can be changed in place. */
  changed(name: string): PlainInputs;
  /** An input that makes another object. */
  identity: string;
  secretPaths?: Path[];
  outsideChanges: OutsideChange[];
  /** Removes the object behind Pulumi's back. */
  remove(name: string): Promise<void>;
  /** Makes such an object without Pulumi. */
  makeForeign(name: string): Promise<void>;
  /** Inputs that an import cannot find out, or finds in other words. */
  notImported?: string[];
  /** Names follow rules of their own, so that none needs quotes. */
  plainNames?: boolean;
  /** Most bytes of a name. Default: 63, what Postgres keeps. */
  longestName?: number;
  /** Inputs to which the object can be changed only halfway, and what then is said. */
  halfway?(name: string): { inputs: PlainInputs; says: string };
  /** A name that nothing has, where not every name will do; the wanted one, if it can be made so. Default: any. */
  freeName?(wanted?: string): Promise<string>;
  /** The object is used as it is where it exists. Default: refused without adopt. */
  shared?: boolean;
  /** The object stays when the resource is deleted. */
  retained?: boolean;
  /** Each change takes calls of the Management API, which may not be asked often. */
  remote?: boolean;
  /** What the object made, such as tables, stays when it is deleted. */
  leavesObjects?: boolean;
}

function factsOf({ facts }: OutsideChange, name: string): FactPath[] {
  return typeof facts === "function" ? facts(name) : facts;
}

let counter = 0;

/** For a test that goes through many lives. */
const LONG = { timeout: 180_000 };

/** The lifecycle that every resource must pass, through the real provider process. */
export function describeContract(subject: ContractCase): void {
  const { kind } = subject;

  describe(`${kind} keeps the lifecycle contract and`, () => {
    let client: ProviderClient;

    beforeAll(async () => {
      client = await ProviderClient.start(subject.config());
    });
    afterAll(async () => {
      await client.stop();
    });

    const uniqueName = async () =>
      await (subject.freeName?.() ?? `contract_${kind.toLowerCase()}_${++counter}`);
    const checked = async (inputs: PlainInputs, olds?: DecodedProperties) => {
      const result = await client.check(kind, inputs, subject.secretPaths, olds);
      expect(result.failures).toEqual({});
      return result.inputs;
    };
    /** Outputs repeat the inputs, save those that are secret. */
    const shown = (inputs: PlainInputs) =>
      Object.fromEntries(
        Object.entries(inputs).filter(([key]) => !subject.secretPaths?.some(([first]) => first === key)),
      );
    const create = async (name: string) => await client.create(kind, await checked(subject.inputs(name)));
    const read = async (state: ResourceState) => {
      const found = await client.read(kind, state.id, state);
      if (found === undefined) throw new Error(`${kind} "${state.id}" is gone`);
      return found;
    };

    it("reads back what it created, and finds no difference", async () => {
      const name = await uniqueName();
      const state = await create(name);
      expect(state.id).toBe(subject.id(name));
      const found = await read(state);
      expect(found.inputs).toEqual(state.inputs);
      expect(found.outputs).toEqual(state.outputs);
      expect(await client.diff(kind, found, await checked(subject.inputs(name), found.inputs))).toEqual({
        changed: false,
        detailed: {},
        deleteBeforeReplace: true,
      });
    });

    it("asks the engine to look again before every update", async () => {
      const name = await uniqueName();
      const state = await create(name);
      const updated = await client.update(kind, state, await checked(subject.changed(name), state.inputs));
      expect([state, await read(updated), updated].map((each) => each.refreshBeforeUpdate)).toEqual([
        true,
        true,
        true,
      ]);
    });

    it("forecasts creating and updating without touching anything", async () => {
      const name = await uniqueName();
      const inputs = await checked(subject.inputs(name));
      const forecast = await client.create(kind, inputs, { preview: true });
      expect(forecast.id).toBe(subject.id(name));
      expect(forecast.outputs.values).toEqual({ ...shown(inputs.values), observed: UNKNOWN });
      expect(await client.read(kind, forecast.id, { ...forecast, outputs: inputs })).toBeUndefined();

      const state = await client.create(kind, inputs);
      const changed = await checked(subject.changed(name), state.inputs);
      const updated = await client.update(kind, state, changed, { preview: true });
      expect(updated.outputs.values).toEqual({ ...shown(changed.values), observed: UNKNOWN });
      expect((await read(state)).outputs).toEqual(state.outputs);
    });

    for (const change of subject.outsideChanges) {
      it(`shows and ${change.undo ? "keeps showing" : "repairs"} that ${change.title}`, async () => {
        const name = await uniqueName();
        const state = await create(name);
        await change.make(name);
        const found = await read(state);
        const wanted = await checked(subject.inputs(name), found.inputs);
        const { changed, detailed } = await client.diff(kind, found, wanted);
        expect(changed).toBe(true);
        const facts = factsOf(change, name);
        const drift = facts.map((fact) => formatPath(["drift", ...[fact].flat()]));
        expect(Object.keys(detailed).sort()).toEqual([...drift, ...(change.inputs ?? [])].sort());
        for (const fact of facts) {
          expect(valueAt(found.outputs.values, ["drift", ...[fact].flat()])).toMatch(
            /^(appeared|changed|removed) outside of Pulumi/,
          );
        }

        const repaired = await client.update(kind, found, wanted);
        if (change.undo !== undefined) {
          expect(repaired.outputs).toEqual(found.outputs);
          expect(await read(repaired)).toEqual(found);
          await change.undo(name);
        }
        const after = await read(repaired);
        expect(after.outputs.values.drift).toBeUndefined();
        expect((await client.diff(kind, after, wanted)).changed).toBe(false);
      });
    }

    it("updates in place", async () => {
      const name = await uniqueName();
      const state = await create(name);
      const wanted = await checked(subject.changed(name), state.inputs);
      const { changed, detailed } = await client.diff(kind, await read(state), wanted);
      expect(changed).toBe(true);
      expect(Object.values(detailed).filter((difference) => difference.endsWith("-replace"))).toEqual([]);
      const updated = await client.update(kind, state, wanted);
      const found = await read(updated);
      expect(found).toEqual(updated);
      expect((await client.diff(kind, found, wanted)).changed).toBe(false);
    });

    it("makes another object, after deleting, when its name changes", async () => {
      const name = await uniqueName();
      const state = await create(name);
      const other = await checked(
        { ...subject.inputs(name), [subject.identity]: `${name}_other` },
        state.inputs,
      );
      const { detailed, deleteBeforeReplace } = await client.diff(kind, state, other);
      expect(detailed).toMatchObject({ [subject.identity]: "update-replace" });
      expect(deleteBeforeReplace).toBe(true);
    });

    it("imports by id", async () => {
      const name = await uniqueName();
      const { inputs } = await create(name);
      const imported = await client.read(kind, subject.id(name));
      const known = (values: PlainInputs) =>
        Object.fromEntries(Object.entries(values).filter(([key]) => !subject.notImported?.includes(key)));
      expect(known(imported?.inputs.values ?? {})).toEqual(known(inputs.values));
      expect(imported?.outputs.values.observed).toBeDefined();
    });

    it("imports what it did not make, and finds no difference where the program says the same", async () => {
      const name = await uniqueName();
      await subject.makeForeign(name);
      // As an import does, which remembers nothing of what was there before.
      const importer = await ProviderClient.start(subject.config());
      const imported = await importer.read(kind, subject.id(name));
      await importer.stop();
      if (imported === undefined) throw new Error(`${kind} "${name}" is not imported`);
      expect(imported.id).toBe(subject.id(name));
      const unseen = Object.entries(subject.inputs(name)).filter(([key]) =>
        subject.notImported?.includes(key),
      );
      const wanted = await checked(
        { ...imported.inputs.values, ...Object.fromEntries(unseen) },
        imported.inputs,
      );
      const { detailed } = await client.diff(kind, imported, wanted);
      const keys = Object.keys(detailed).map((path) => path.replace(/[.[].*$/s, ""));
      expect(keys.filter((key) => !subject.notImported?.includes(key))).toEqual([]);
      const taken = await client.update(kind, imported, wanted);
      expect((await client.diff(kind, await read(taken), wanted)).changed).toBe(false);
    });

    it.skipIf(subject.plainNames)("takes names that need quotes through their whole life", LONG, async () => {
      const { longestName = 63 } = subject;
      for (const odd of ODD_NAMES.filter((each) => Buffer.byteLength(each) <= longestName)) {
        const name = await (subject.freeName?.(odd) ?? odd);
        const state = await create(name);
        expect(state.id).toBe(subject.id(name));
        const imported = await client.read(kind, state.id);
        expect(imported?.id).toBe(state.id);
        expect(imported?.inputs.values[subject.identity]).toBe(name);
        const [change] = subject.outsideChanges;
        await change?.make(name);
        const found = await read(state);
        const facts = change === undefined ? [] : factsOf(change, name);
        expect(Object.keys(found.outputs.values.drift ?? {})).toEqual([
          ...new Set(facts.map((fact) => [fact].flat()[0])),
        ]);
        const repaired = await client.update(kind, found, await checked(subject.inputs(name), found.inputs));
        expect((await read(repaired)).outputs.values.drift).toBeUndefined();
        const changed = await client.update(
          kind,
          repaired,
          await checked(subject.changed(name), state.inputs),
        );
        await client.delete(kind, changed);
        expect(await client.read(kind, state.id, state)).toBeUndefined();
      }
    });

    it("either refuses a hostile text in an input, or takes it for nothing but a text", LONG, async () => {
      const { databaseUrl } = subject.config();
      const first = await uniqueName();
      await client.delete(kind, await create(first));
      const texts = subject.remote ? [HOSTILE_TEXTS.join(" ").replaceAll("\0", "")] : HOSTILE_TEXTS;
      const attacks: { name: string; path: Path; text: string }[] = [];
      for (const path of textPaths(subject.inputs(first))) {
        for (const text of texts) attacks.push({ name: await uniqueName(), path, text });
      }
      const canary = await setCanary(String(databaseUrl));
      try {
        for (const each of attacks) await attack(each.name, each.path, each.text, canary);
        if (!subject.retained && !subject.leavesObjects) expect(await canary.changes()).toEqual([]);
      } finally {
        await canary.remove();
      }
    });

    /** What is made bears the text and can be found and deleted by it; what is refused leaves nothing. */
    async function attack(name: string, path: Path, text: string, canary: Canary): Promise<void> {
      const about = { path: formatPath(path), text };
      const inputs = replaceAt(subject.inputs(name), path, text) as PlainInputs;
      const news = await client.check(kind, inputs, subject.secretPaths);
      if (Object.keys(news.failures).length > 0) return;
      const made = await client.create(kind, news.inputs).catch((error: Error) => error);
      expect({ ...about, alive: await canary.isAlive() }).toEqual({ ...about, alive: true });
      if (made instanceof Error) {
        expect({ ...about, error: made.message }).toEqual({
          ...about,
          error: expect.stringMatching(/^[a-z ]+ "/),
        });
        return;
      }
      expect(valueAt((await read(made)).inputs.values, path)).toBe(text);
      const imported = await client.read(kind, made.id);
      if (!subject.notImported?.includes(String(path[0])))
        expect({ ...about, found: valueAt(imported?.inputs.values, path) }).toEqual({
          ...about,
          found: text,
        });
      await client.delete(kind, made);
    }

    it.runIf(subject.halfway)("leaves everything as it was when a change fails halfway", async () => {
      const name = await uniqueName();
      const state = await create(name);
      const before = await read(state);
      const { inputs, says } = subject.halfway?.(name) ?? { inputs: {}, says: "" };
      await expect(client.update(kind, before, await checked(inputs, state.inputs))).rejects.toThrow(says);
      expect(await read(state)).toEqual(before);
      const repaired = await client.update(kind, before, await checked(subject.changed(name), state.inputs));
      expect((await read(repaired)).outputs).toEqual(repaired.outputs);
    });

    it.runIf(subject.halfway)("leaves nothing when making it fails halfway", async () => {
      const name = await uniqueName();
      const { inputs, says } = subject.halfway?.(name) ?? { inputs: {}, says: "" };
      await expect(client.create(kind, await checked(inputs))).rejects.toThrow(says);
      expect(await client.read(kind, subject.id(name))).toBeUndefined();
      await expect(create(name)).resolves.toBeDefined();
    });

    it("imports nothing where nothing is", async () => {
      expect(await client.read(kind, subject.id(await uniqueName()))).toBeUndefined();
    });

    it("is to be created again when somebody removed it", async () => {
      const name = await uniqueName();
      const state = await create(name);
      await subject.remove(name);
      expect(await client.read(kind, state.id, state)).toBeUndefined();
      expect((await create(name)).id).toBe(state.id);
    });

    it("makes it anew in an update that finds it gone", async () => {
      const name = await uniqueName();
      const state = await create(name);
      await subject.remove(name);
      await client.update(kind, state, state.inputs);
      await expect(read(state)).resolves.toBeDefined();
    });

    it("deletes, and deletes again", async () => {
      const name = await uniqueName();
      const state = await create(name);
      await client.delete(kind, state);
      const left = await client.read(kind, state.id, state);
      if (subject.retained) expect(left).toBeDefined();
      else expect(left).toBeUndefined();
      await client.delete(kind, state);
    });

    it("takes up a creation that was interrupted", async () => {
      const name = await uniqueName();
      const first = await create(name);
      const second = await create(name);
      expect(second.id).toBe(first.id);
    });

    it.runIf(subject.shared)("uses an object that is there already, and never drops it", async () => {
      const name = await uniqueName();
      await subject.makeForeign(name);
      const state = await create(name);
      await client.delete(kind, state);
      expect(await client.read(kind, state.id, state)).toBeDefined();
    });

    it.skipIf(subject.shared)("refuses what it did not make, and adopts it when told to", async () => {
      const name = await uniqueName();
      await subject.makeForeign(name);
      const inputs = subject.inputs(name);
      const id = subject.id(name);
      const refusal = `"${id}": exists already and this stack did not make it; import it with the id "${id}", or set adopt: true to take it over, or use another name`;
      await expect(client.create(kind, await checked(inputs))).rejects.toThrow(refusal);
      const adopting = await checked({ ...inputs, adopt: true });
      const state = await client.create(kind, adopting);
      expect((await client.diff(kind, await read(state), adopting)).changed).toBe(false);
    });

    it.skipIf(subject.shared)("refuses what another stack made, naming its resource", async () => {
      const name = await uniqueName();
      const urn = "urn:pulumi:other::jobstack::jobstack:index:Other::other";
      await client.create(kind, await checked(subject.inputs(name)), { urn });
      await expect(create(name)).rejects.toThrow(`exists already and it belongs to ${urn};`);
    });

    it("accepts inputs that only the deployment will know", async () => {
      const inputs = subject.inputs(await uniqueName());
      const unknown = Object.fromEntries(Object.keys(inputs).map((key) => [key, UNKNOWN]));
      const { failures } = await client.check(kind, unknown);
      expect(failures).toEqual({});
    });

    it("refuses an input it does not know", async () => {
      const { failures } = await client.check(
        kind,
        { ...subject.inputs(await uniqueName()), colour: "red" },
        subject.secretPaths,
      );
      expect(failures).toEqual({ colour: '"colour" is not an input; remove it' });
    });

    it.runIf(subject.secretPaths)("keeps secret inputs and what derives from them secret", async () => {
      const state = await create(await uniqueName());
      const found = await read(state);
      for (const { inputs, outputs } of [state, found]) {
        expect(inputs.secretPaths).toEqual(subject.secretPaths);
        expect(outputs.secretPaths).toEqual([["observed"]]);
      }
      const values = (subject.secretPaths ?? []).map((path) => String(valueAt(state.inputs.values, path)));
      for (const value of values) expect(client.process.log()).not.toContain(value);
    });
  });
}
