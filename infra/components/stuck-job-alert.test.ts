import { describe, expect, it } from "vitest";
import { JobQueue } from "./job-queue.ts";
import { StuckJobAlert, type StuckJobAlertArgs } from "./stuck-job-alert.ts";
import { declare, inputsOf } from "./testing/declare.ts";

async function cronJob(args: Omit<StuckJobAlertArgs, "queue">, preview: boolean) {
  const declared = await declare(() => {
    const queue = new JobQueue("mail", {
      table: { schema: "public", name: "mails" },
      wake: { url: "https://example.com", secret: "KEY", trigger: "on_mail", function: "wake_mailer" },
    });
    new StuckJobAlert("stuck", { ...args, queue } as StuckJobAlertArgs);
  }, preview);
  return inputsOf(declared, "CronJob", "stuck");
}

describe.each([true, false])("StuckJobAlert (preview: %s)", (preview) => {
  it("checks its queue every hour unless told otherwise", async () => {
    const args = { olderThanSeconds: 3600, moreThan: 100, urlSecret: "HOOK_URL" };
    expect(await cronJob(args, preview)).toEqual({
      name: "stuck",
      schedule: "0 * * * *",
      command:
        "select jobstack.check_stuck_jobs(p_name => 'stuck', p_queue => 'mail', p_older_than => '3600 seconds'," +
        " p_more_than => '100', p_url_secret => 'HOOK_URL')",
    });
    const often = await cronJob({ ...args, every: "1 minute" }, preview);
    expect([often.every, often.schedule]).toEqual(["1 minute", undefined]);
  });
});
