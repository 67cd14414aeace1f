import { describe, expect, it } from "vitest";
import { JobQueue } from "./job-queue.ts";
import { OnInsertTrigger } from "./on-insert-trigger.ts";
import { declare, inputsOf } from "./testing/declare.ts";

const wake = {
  url: "https://example.com/mailer",
  secret: "KEY",
  trigger: "on_mail",
  function: "wake_mailer",
};

describe.each([true, false])("JobQueue (preview: %s)", (preview) => {
  it("declares the queue and, with the same words and columns, the trigger that wakes its worker", async () => {
    const declared = await declare(() => {
      new JobQueue("mail", {
        table: { schema: "app", name: "mails" },
        statusColumn: "state",
        statuses: { pending: "queued", processing: "busy", completed: "done", failed: "bad" },
        priorityColumn: "rank",
        wake,
      });
    }, preview);
    expect(inputsOf(declared, "Queue", "mail")).toMatchObject({
      name: "mail",
      table: "app.mails",
      statusColumn: "state",
      wakeUrl: wake.url,
      wakeSecret: "KEY",
    });
    const { definition } = inputsOf(declared, "SqlFunction", "app.wake_mailer");
    for (const part of [`'${wake.url}'`, `"state"`, `'queued'`, `coalesce(r."rank", 0)`]) {
      expect(definition).toContain(part);
    }
    expect(inputsOf(declared, "Trigger", "app.mails.on_mail").definition).toContain('on "app"."mails"');
  });
});

describe.each([true, false])("OnInsertTrigger (preview: %s)", (preview) => {
  it("quotes every name and address, and lets no role call its function", async () => {
    const declared = await declare(() => {
      new OnInsertTrigger("odd", {
        queue: "it's",
        table: { schema: "public", name: 'My "mails"' },
        trigger: "wake",
        function: "wake_odd",
        url: "https://example.com/it's",
      });
    }, preview);
    const { definition, execute } = inputsOf(declared, "SqlFunction", "public.wake_odd");
    expect(definition).toContain("'https://example.com/it''s'");
    expect(definition).toContain("'it''s'");
    expect(execute).toEqual([]);
    const trigger = inputsOf(declared, "Trigger", 'public.My "mails".wake');
    expect(trigger.definition).toContain('on "public"."My ""mails"""');
  });
});
