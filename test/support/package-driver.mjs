// Copied into the project that test/package.integration.test.ts makes: runs program.js there with the real engine.
// Argument: {actions: ("preview" | "up")[], root, env, config} as JSON. Prints the steps of each action, as JSON.
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";

const { actions, root, env, config } = JSON.parse(process.argv[2]);
let runs = 0;

/** Anew for each action: a module that was loaded once declares nothing. */
async function program() {
  await import(`./program.js?run=${++runs}`);
}

const stack = await LocalWorkspace.createOrSelectStack(
  { projectName: "mails", stackName: "test", program },
  {
    workDir: process.cwd(),
    pulumiCommand: await PulumiCommand.get(root === null ? {} : { root }),
    envVars: env,
  },
);
await stack.setAllConfig(config);
try {
  const results = [];
  for (const action of actions) results.push(await stepsOf(action));
  console.log(JSON.stringify(results));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

async function stepsOf(action) {
  const steps = [];
  await stack[action]({
    color: "never",
    onEvent: ({ resourcePreEvent }) => {
      const { op, type, urn } = resourcePreEvent?.metadata ?? {};
      if (type?.startsWith("jobstack:index:") && !["same", "refresh"].includes(op)) {
        steps.push(`${op} ${type.split(":")[2]} ${urn.split("::").at(-1)}`);
      }
    },
  });
  return steps.sort();
}
