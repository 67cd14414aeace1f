import { concealedValue } from "./concealed-value.ts";
import type { Sql } from "./database.ts";
import { dollarQuote, quoteLiteral } from "./identifier.ts";
import { scramVerifier } from "./scram.ts";

/** ALTER ROLE takes no parameters, so what it sets stands in its text: the verifier here, in a text that only the server makes. */
export async function setPassword(sql: Sql, role: string, password: string): Promise<void> {
  const verifier = await concealedValue(sql, scramVerifier(password));
  await sql.statement(`do ${dollarQuote(alterRole(quoteLiteral(role), verifier))}`);
}

/**
 * A server logs the statements that it is sent, and of those inside them only what an error's or a waiting lock's context quotes.
 * So whatever can fail or wait does it at the first ALTER ROLE, which has nothing to hide, and an error of the second is
 * raised anew, without its context. Statistics can hold inner statements as well, where they are told to.
 */
const alterRole = (role: string, verifier: string) => `
  declare
    v_verifier constant text := ${verifier};
    v_detail text;
  begin
    execute pg_catalog.format('alter role %I password null', ${role});
    begin
      perform pg_catalog.set_config('pg_stat_statements.track', 'none', true);
    exception when insufficient_privilege then null;
    end;
    execute pg_catalog.format('alter role %I password %L', ${role}, v_verifier);
  exception when query_canceled or others then
    get stacked diagnostics v_detail = pg_exception_detail;
    raise exception using errcode = sqlstate, message = sqlerrm, detail = v_detail;
  end
`;
