import type { ApiKeys } from "../jwt.ts";
import type { FunctionRecord } from "../store/function-record.ts";

export interface ProjectFacts {
  projectRef: string;
  apiUrl: string;
  apiKeys: ApiKeys;
  databaseUrl: string;
}

/** What Supabase sets for every function; the project's own secrets cannot have these names. */
export function platformSecrets(project: ProjectFacts): Record<string, string> {
  return {
    SUPABASE_URL: project.apiUrl,
    SUPABASE_ANON_KEY: project.apiKeys.anon,
    SUPABASE_SERVICE_ROLE_KEY: project.apiKeys.serviceRole,
    SUPABASE_DB_URL: project.databaseUrl,
  };
}

export interface EnvironmentInput {
  project: ProjectFacts;
  secrets: Record<string, string>;
  record: FunctionRecord;
  denoDirectory: string;
  executionId: string;
}

/** The whole environment of one function's process; nothing of the gateway's own environment reaches it. */
export function functionEnvironment(input: EnvironmentInput): Record<string, string> {
  const { project, record } = input;
  return {
    ...input.secrets,
    ...platformSecrets(project),
    SB_REGION: "local",
    SB_EXECUTION_ID: input.executionId,
    DENO_DEPLOYMENT_ID: `${project.projectRef}_${record.id}_${record.version}`,
    DENO_DIR: input.denoDirectory,
    DENO_NO_UPDATE_CHECK: "1",
    // Deno.serve would listen on every interface otherwise, whatever port the function names.
    DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0",
    NO_COLOR: "1",
  };
}
