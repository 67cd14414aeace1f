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
        runAtColumn: "not before",
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
    for (const part of [
      `'${wake.url}'`,
      `"state"`,
      `'queued'`,
      `coalesce(r."rank", 0)`,
      `r."not before"::timestamptz > v_now`,
    ]) {
      expect(definition).toContain(part);
    }
    expect(inputsOf(declared, "Trigger", "app.mails.on_mail").definition).toContain('on "app"."mails"');
  });
});

describe.each([true, false])("JobQueue of kind observed (preview: %s)", (preview) => {
  it("declares the queue and triggers that count, with the table's words and null for a state it lacks", async () => {
    const declared = await declare(() => {
      new JobQueue("mail", {
        kind: "observed",
        table: { schema: "app", name: "mails" },
        statuses: { pending: "it's open", completed: "done" },
        createdAtColumn: "made",
        wake,
      });
    }, preview);
    expect(inputsOf(declared, "Queue", "mail")).toMatchObject({
      kind: "observed",
      createdAtColumn: "made",
      statuses: { pending: "it's open", completed: "done" },
      wakeUrl: wake.url,
    });
    const { definition } = inputsOf(declared, "SqlFunction", "app.wake_mailer");
    expect(definition).toContain(`r."status"::text = 'it''s open'`);
    expect(definition).toContain("filter (where r.status = null)");
    for (const [trigger, event] of Object.entries({
      on_mail: "insert",
      on_mail_update: "update",
      on_mail_delete: "delete",
    })) {
      expect(inputsOf(declared, "Trigger", `app.mails.${trigger}`).definition).toContain(
        `after ${event} on "app"."mails"`,
      );
    }
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
