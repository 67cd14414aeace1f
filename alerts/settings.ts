import { z } from "zod";
import { duration } from "./duration.ts";
import { thresholdSettings } from "./thresholds.ts";

const secretFile = z
  .string()
  .regex(/^\//, "is no absolute path; write where the file lies on Alertmanager's machine");

const link = z.url({ protocol: /^https?$/, error: "is no address; write one that begins with https://" });

/** A receiver whose address may be a secret. */
const address = {
  url: link.optional().describe("Its address, where that is no secret."),
  urlFile: secretFile
    .optional()
    .describe("Or the file that holds its address. Alertmanager 0.26 or newer reads it."),
};

function hasOneAddress({ url, urlFile }: { url?: string | undefined; urlFile?: string | undefined }) {
  return (url === undefined) !== (urlFile === undefined);
}

const oneAddress = { message: "has no address, or two; write either url or urlFile" };

/** Whom Alertmanager tells of an environment's alerts, when, and what counts as one. Secrets are files' paths. */
export const alertSettings = z.strictObject({
  slack: z
    .strictObject({
      apiUrlFile: secretFile.describe("File that holds the address of Slack's incoming webhook."),
      channel: z
        .string()
        .regex(/^[#@C]\S+$/, 'is no channel; write its name as in Slack, e.g. "#jobs"')
        .describe("Channel that is told."),
    })
    .optional()
    .describe("A channel in Slack that hears of every alert, and of its end; left out, none does."),
  pagerduty: z
    .strictObject({
      routingKeyFile: secretFile.describe(
        "File that holds the integration key of a service (Events API v2).",
      ),
    })
    .optional()
    .describe("PagerDuty, which hears of this environment's critical alerts; left out, it does not."),
  webhook: z
    .strictObject({
      ...address,
      tokenFile: secretFile
        .optional()
        .describe("File that holds a token, sent as `Authorization: Bearer ...`; left out, none is."),
    })
    .refine(hasOneAddress, oneAddress)
    .optional()
    .describe(
      "Any other receiver that hears of every alert, in Alertmanager's JSON; left out, there is none. In `local` it is the stand-in.",
    ),
  heartbeat: z
    .strictObject({
      ...address,
      every: duration.default("1m").describe("How often it is told that alerts would arrive."),
    })
    .refine(hasOneAddress, oneAddress)
    .optional()
    .describe(
      "A service that raises an alarm when the alert Watchdog stays away; left out, there is none. In `local` it is the stand-in.",
    ),
  groupWait: duration
    .default("10s")
    .describe("How long the first message of an alert waits for others of its kind."),
  groupInterval: duration
    .default("1m")
    .describe("How long a change (one more queue, an end) waits after a message before it is told."),
  repeatInterval: duration.default("4h").describe("How long after a message another says that it goes on."),
  dashboardsUrl: link
    .optional()
    .describe("Base URL of Grafana, so that messages lead to the right dashboard. Default: `grafana.url`."),
  statusPageUrl: link.optional().describe("The status page, which messages then lead to."),
  runbooksUrl: link
    .optional()
    .describe(
      "Where `alerts/runbooks` can be read, so that messages lead to the alert's page; left out, they name its path.",
    ),
  thresholds: thresholdSettings.prefault({}).describe("What counts as an alert in this environment."),
});

export type AlertSettings = z.infer<typeof alertSettings>;
