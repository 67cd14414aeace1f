import { stringify } from "yaml";

export interface AlertmanagerOptions {
  /** Where alerts are posted, in Alertmanager's webhook format. Left out: alerts are only shown by Alertmanager. */
  webhookUrl?: string;
  /** Where the alert Watchdog is posted every minute, for a service that raises an alarm when it stays away. */
  heartbeatUrl?: string;
}

/** Alerts that say nothing new while another one fires for the same environment, queue or job. */
export const inhibitions: readonly {
  source: string;
  targets: readonly string[];
  equal: readonly string[];
}[] = [
  {
    source: "CronSchedulerDown",
    targets: ["CronJobMissed", "CronJobNotSucceeding", "JobsTickStale"],
    equal: ["environment"],
  },
  {
    source: "CronJobFailing",
    targets: ["CronJobLastRunFailed"],
    equal: ["environment", "job_name", "database"],
  },
  { source: "JobsQueueStalled", targets: ["JobsQueueOldestTooOld"], equal: ["environment", "queue"] },
  { source: "PgNetWorkerDown", targets: ["PgNetQueueStandsStill"], equal: ["environment"] },
];

/** An Alertmanager configuration, as YAML. */
export function alertmanagerConfig({ webhookUrl, heartbeatUrl }: AlertmanagerOptions = {}): string {
  const config = {
    route: {
      receiver: webhookUrl === undefined ? "nowhere" : "webhook",
      group_by: ["alertname", "environment"],
      group_wait: "10s",
      group_interval: "1m",
      repeat_interval: "4h",
      routes: [
        {
          matchers: ['alertname="Watchdog"'],
          receiver: heartbeatUrl === undefined ? "nowhere" : "heartbeat",
          repeat_interval: "1m",
        },
      ],
    },
    inhibit_rules: inhibitions.map(({ source, targets, equal }) => ({
      source_matchers: [`alertname="${source}"`],
      target_matchers: [`alertname=~"${targets.join("|")}"`],
      equal,
    })),
    receivers: [
      { name: "nowhere" },
      ...(webhookUrl === undefined ? [] : [webhookReceiver("webhook", webhookUrl, true)]),
      ...(heartbeatUrl === undefined ? [] : [webhookReceiver("heartbeat", heartbeatUrl, false)]),
    ],
  };
  return stringify(config, { lineWidth: 0 });
}

function webhookReceiver(name: string, url: string, sendResolved: boolean) {
  return { name, webhook_configs: [{ url, send_resolved: sendResolved }] };
}
