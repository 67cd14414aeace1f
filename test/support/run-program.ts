// Loads a program (infra/, if none is named) as Pulumi's Node host does and runs it under mocks; prints the resources it
// declares, as JSON. A process of its own, because mocks are set for a whole process.
// Argument: {stack, preview, config, secretKeys, program} as JSON.
import * as pulumi from "@pulumi/pulumi";

const {
  stack,
  preview,
  config,
  secretKeys,
  program: source = "infra/index.ts",
} = JSON.parse(process.argv[2] ?? "{}");
const declared: { type: string; name: string; inputs: unknown }[] = [];

await pulumi.runtime.setMocks(
  {
    newResource: ({ type, name, inputs, id }) => {
      declared.push({ type, name, inputs });
      return { id: id ?? `${name}-id`, state: inputs };
    },
    call: ({ inputs }) => inputs,
  },
  "jobstack",
  stack,
  preview,
);
(pulumi.runtime.setAllConfig as (config: Record<string, string>, secretKeys: string[]) => void)(
  config,
  secretKeys,
);

const program = await import(new URL(`../../${source}`, import.meta.url).href);
if (Object.keys(program).join() !== "default") {
  throw new Error("Pulumi's Node host takes either a default export or named exports");
}
try {
  await pulumi.runtime.runInPulumiStack(async () => program.default());
  // Resources are registered behind the program's back; this waits for the last of them.
  await pulumi.runtime.disconnect();
  console.log(JSON.stringify(declared));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
