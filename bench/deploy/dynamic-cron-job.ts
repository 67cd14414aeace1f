import * as pulumi from "@pulumi/pulumi";

interface Inputs {
  databaseUrl: string;
  name: string;
  schedule: string;
  command: string;
}

async function withClient<T>(
  databaseUrl: string,
  work: (client: import("pg").Client) => Promise<T>,
): Promise<T> {
  // Modern packages break when they are serialised with a closure, so they are imported where they are used.
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const provider: pulumi.dynamic.ResourceProvider<Inputs, Inputs> = {
  async create(inputs) {
    await withClient(inputs.databaseUrl, (client) =>
      client.query("select cron.schedule($1, $2, $3)", [inputs.name, inputs.schedule, inputs.command]),
    );
    return { id: inputs.name, outs: inputs };
  },
  async read(id, state) {
    const { rows } = await withClient((state as Inputs).databaseUrl, (client) =>
      client.query("select schedule, command from cron.job where jobname = $1", [id]),
    );
    return { id, props: { ...(state as Inputs), ...rows[0] } };
  },
  async diff(_id, olds, news) {
    return { changes: JSON.stringify(olds) !== JSON.stringify(news) };
  },
  async delete(id, state) {
    await withClient(state.databaseUrl, (client) => client.query("select cron.unschedule($1)", [id]));
  },
};

/** A cron job through a dynamic provider: its code is stored with every resource, and a plain preview sees no drift. */
export class DynamicCronJob extends pulumi.dynamic.Resource {
  constructor(name: string, inputs: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    super(provider, name, inputs, opts);
  }
}
