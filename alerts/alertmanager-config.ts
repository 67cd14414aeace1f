import { stringify } from "yaml";

export interface AlertmanagerOptions {
  /** Where alerts are posted, in Alertmanager's webhook format. Left out: alerts are only shown by Alertmanager. */
  webhookUrl?: string;
  /** Where the alert Watchdog is posted every minute, for a service that raises an alarm when it stays away. */
  heartbeatUrl?: string;
}

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
