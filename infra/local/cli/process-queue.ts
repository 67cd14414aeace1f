// `npm run process-queue:all` and `npm run process-queue:continuous`: process the market's orders from this machine.
import path from "node:path";
import { Command } from "commander";
import { findDatabaseUrl } from "../process-queue/find-database-url.ts";
import { type Market, openMarket } from "../process-queue/open-market.ts";
import { processAll } from "../process-queue/process-all.ts";
import { processContinuously } from "../process-queue/process-continuously.ts";
import { locateWorkspace, projectRoot } from "../workspace.ts";
import { reportFailure } from "./report-failure.ts";

const program = new Command("process-queue").description("Process the market's orders from this machine.");

program
  .command("all")
  .description("Process all pending orders once.")
  .action(() => withMarket(processAll));

program
  .command("continuous")
  .description("Process orders as they come, until Ctrl-C.")
  .action(() =>
    withMarket(async (market) => {
      const interrupted = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupted.abort());
      await processContinuously(market, interrupted.signal, (line) =>
        console.log(`${new Date().toTimeString().slice(0, 8)}  ${line}`),
      );
    }),
  );

await program.parseAsync();

async function withMarket(work: (market: Market) => Promise<void>): Promise<void> {
  try {
    const market = await openMarket(
      findDatabaseUrl({
        env: process.env,
        envFile: path.join(projectRoot, ".env.local"),
        workspace: locateWorkspace(process.env),
      }),
    );
    await work(market);
    await market.close();
  } catch (error) {
    reportFailure(error);
  }
}
