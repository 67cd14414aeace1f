import * as pulumi from "@pulumi/pulumi";

/** One resource as a program declares it. */
export interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** Runs a program under Pulumi's mocks, which are the process's own; returns what it declares, in order. */
export async function declare(program: () => void, preview = false): Promise<Declared[]> {
  const declared: Declared[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id }) => {
        declared.push({ type, name, inputs });
        return { id: id ?? `${name}-id`, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    "test",
    "test",
    preview,
  );
  program();
  // Resources are registered behind the program's back; this waits for the last of them.
  await pulumi.runtime.disconnect();
  return declared;
}

/** The inputs of the only resource of that type and name. */
export function inputsOf(declared: Declared[], type: string, name: string): Record<string, unknown> {
  const found = declared.filter((each) => each.type === `jobstack:index:${type}` && each.name === name);
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} "${name}"`);
  return found[0]?.inputs ?? {};
}
