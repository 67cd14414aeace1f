/** What can be set without a file: one flag, and for most a variable. A flag wins over a variable, both over the file. */
export const settings = {
  config: {
    flag: "--config <file>",
    variable: "JOBSTACK_EXPORTER_CONFIG",
    help: "YAML file, for several databases, authentication and TLS",
  },
  databaseUrl: {
    flag: "--database-url <url>",
    variable: "DATABASE_URL",
    help: "Postgres URL of the observed database; as a flag its password is in the list of processes",
  },
  databaseUrlFile: {
    flag: "--database-url-file <file>",
    variable: "DATABASE_URL_FILE",
    help: "file that holds nothing but the URL",
  },
  databaseUrlEnv: {
    flag: "--database-url-env <name>",
    help: "name of the variable that holds the URL, if not DATABASE_URL",
  },
  host: {
    flag: "--host <address>",
    variable: "JOBSTACK_EXPORTER_HOST",
    help: "address to listen on (default: 127.0.0.1)",
  },
  port: {
    flag: "--port <number>",
    variable: "JOBSTACK_EXPORTER_PORT",
    help: "TCP port to listen on (default: 54330)",
  },
  environment: {
    flag: "--environment <name>",
    variable: "JOBSTACK_ENVIRONMENT",
    help: "value of the label `environment` (default: local)",
  },
  prometheusUrl: {
    flag: "--prometheus-url <url>",
    variable: "JOBSTACK_PROMETHEUS_URL",
    help: "Prometheus that the status page asks for alerts and history (default: none)",
  },
  project: {
    flag: "--project <name>",
    variable: "JOBSTACK_PROJECT",
    help: "value of the label `project` of the one database that flags or variables name (default: no such label)",
  },
} as const satisfies Record<string, { flag: string; variable?: string; help: string }>;

export type SettingName = keyof typeof settings;

export interface Given {
  /** As the command line has them. */
  flags: Readonly<Partial<Record<SettingName, string>>>;
  env: Readonly<Record<string, string | undefined>>;
}

/** One setting and what the user wrote to set it: "--port" or "JOBSTACK_EXPORTER_PORT". */
export interface Setting {
  value: string;
  origin: string;
}

/** The setting as the flag has it, or else the variable. An empty variable is set. */
export function settingOf({ flags, env }: Given, name: SettingName): Setting | null {
  const flag = flags[name];
  if (flag !== undefined) return { value: flag, origin: flagName(name) };
  const variable = variableOf(name);
  const value = variable === null ? undefined : env[variable];
  return value === undefined || variable === null ? null : { value, origin: variable };
}

/** "--database-url" */
export function flagName(name: SettingName): string {
  return settings[name].flag.split(" ")[0] ?? "";
}

export function variableOf(name: SettingName): string | null {
  const setting = settings[name];
  return "variable" in setting ? setting.variable : null;
}
