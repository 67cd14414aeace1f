import pg, { type Pool } from "pg";
import {
  type EnvironmentNames,
  environmentNames,
} from "../../../supabase/functions/_shared/environment-names.ts";
import { installJobstack } from "../../jobstack/install.ts";
import { readMarketSql } from "../read-market-sql.ts";

export interface MarketInstall {
  /** How its objects are called. Default: as they stand. */
  names?: EnvironmentNames;
  schema?: string;
}

/** Puts the queue core and the market system into an empty test database, as the program deploys them. */
export async function installMarket(pool: Pool, options: MarketInstall = {}): Promise<void> {
  const { names = environmentNames(), schema = "public" } = options;
  await installJobstack(pool);
  if (schema !== "public") await pool.query(`create schema ${pg.escapeIdentifier(schema)}`);
  const files = ["migrations", "functions"].flatMap((folder) => readMarketSql(folder, names, schema));
  for (const { sql } of files) await pool.query(sql);
  for (const { name } of readMarketSql("functions", names, schema)) {
    const routine = `${pg.escapeIdentifier(schema)}.${name}`;
    await pool.query(`revoke execute on routine ${routine} from public, anon, authenticated, service_role`);
  }
}
