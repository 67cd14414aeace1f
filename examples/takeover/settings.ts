import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "jobstack".
import * as jobstack from "../../infra/jobstack.ts";

/** The project whose database and functions were set up by hand. */
export function connect(): { provider: jobstack.Provider; cronSecret: pulumi.Output<string> } {
  const config = new pulumi.Config("takeover");
  const provider = new jobstack.Provider("project", {
    databaseUrl: config.requireSecret("databaseUrl"),
    projectRef: config.require("projectRef"),
    accessToken: config.requireSecret("accessToken"),
    apiUrl: config.get("apiUrl"),
  });
  return { provider, cronSecret: config.requireSecret("cronSecret") };
}

/** The text of one object, as it was pasted. */
export function readSql(name: string): string {
  return readFileSync(new URL(`sql/${name}.sql`, import.meta.url), "utf8");
}
