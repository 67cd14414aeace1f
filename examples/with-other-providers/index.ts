// Three providers, one program: each object belongs to one of them. docs/other-providers.md says which, and why.
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "jobstack", and from "@pulumi/supabase".
import * as jobstack from "../../infra/jobstack.ts";
import * as supabase from "./sdks/supabase/index.ts";

export default async function program() {
  const config = new pulumi.Config();
  const databasePassword = config.requireSecret("databasePassword");
  const accessToken = config.requireSecret("accessToken");
  const region = config.require("region");

  // The project itself, its settings and its branch: @pulumi/supabase.
  const cloud = new supabase.Provider("cloud", { accessToken });
  const project = new supabase.Project(
    "shop",
    { name: "shop", organizationId: config.require("organizationId"), databasePassword, region },
    { provider: cloud, protect: true },
  );
  new supabase.Settings(
    "shop",
    {
      projectRef: project.id,
      // What Jobstack makes stays out of the API.
      api: JSON.stringify({ db_schema: "public,graphql_public", max_rows: 1000 }),
    },
    { provider: cloud },
  );
  const branch = new supabase.Branch(
    "preview",
    { parentProjectRef: project.id, gitBranch: "develop" },
    { provider: cloud },
  );

  // A database and a role that have nothing to do with jobs: @pulumi/postgresql.
  const host = pulumi.interpolate`db.${project.id}.supabase.co`;
  const server = new postgresql.Provider("server", {
    host,
    username: "postgres",
    password: databasePassword,
    superuser: false,
  });
  const analyst = new postgresql.Role("analyst", { name: "analyst", login: false }, { provider: server });
  new postgresql.Database("reports", { name: "reports", owner: analyst.name }, { provider: server });

  // Everything about jobs: Jobstack. The branch has a stack of its own, with its reference and its database's address.
  const url = databasePassword.apply(encodeURIComponent);
  const provider = new jobstack.Provider("shop", {
    databaseUrl: pulumi.interpolate`postgresql://postgres:${url}@${host}:5432/postgres`,
    projectRef: project.id,
    accessToken,
  });
  const exporterPassword = config.requireSecret("exporterPassword");
  const core = new jobstack.QueueCore("core", { exporterPassword }, { provider });
  const sql = "delete from public.carts where updated_at < now() - interval '30 days'";
  new jobstack.CronSchedule(
    "cleanup",
    { schedule: "0 3 * * *", call: { sql } },
    { provider, dependsOn: core.ready },
  );
  return { projectRef: project.id, branchRef: branch.database.id };
}
