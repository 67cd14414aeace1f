import path from "node:path";
import { stringify } from "yaml";
import { writeFileAtomically } from "./write-file-atomically.ts";

/** Tells Supabase's CLI where the local platform is; it reads the file that SUPABASE_PROFILE names. Returns its path. */
export function writeSupabaseProfile(dir: string, apiUrl: string): string {
  const file = path.join(dir, "supabase-profile.yaml");
  // The CLI insists on all four, and uses only the first two here.
  const profile = {
    name: "jobstack-local",
    api_url: apiUrl,
    dashboard_url: apiUrl,
    project_host: "localhost",
  };
  writeFileAtomically(file, stringify(profile));
  return file;
}
