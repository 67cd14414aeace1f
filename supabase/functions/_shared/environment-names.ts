/** How one environment calls its objects. */
export interface EnvironmentNames {
  /** Cron jobs, queues, migrations and functions: `job-worker-staging`. */
  object(name: string): string;
  /** Schemas: `story_staging`. */
  schema(name: string): string;
  /** Secrets, in Vault and as variables of functions: `CRON_SECRET_STAGING`. */
  secret(name: string): string;
}

/**
 * Names as they stand in the program, or with the name of `guest` behind them: of an environment that lives in another
 * one's database and project. Used by the program that deploys and by the functions that it deploys.
 */
export function environmentNames(guest = ""): EnvironmentNames {
  if (guest === "") return { object: asItIs, schema: asItIs, secret: asItIs };
  return {
    object: (name) => `${name}-${guest}`,
    schema: (name) => `${name}_${guest}`,
    secret: (name) => `${name}_${guest.toUpperCase()}`,
  };
}

function asItIs(name: string): string {
  return name;
}
