import type { AlertSettings } from "./settings.ts";

interface Receiver {
  name: string;
  slack_configs?: object[];
  pagerduty_configs?: object[];
  webhook_configs?: object[];
}

/** Receivers as Alertmanager writes them. Whom the settings do not name is not among them; "nowhere" always is. */
export function receiversOf(settings: AlertSettings): Receiver[] {
  const { slack, pagerduty, webhook, heartbeat } = settings;
  return [
    { name: "nowhere" },
    ...(slack === undefined ? [] : [{ name: "slack", slack_configs: [slackConfig(slack, settings)] }]),
    ...(pagerduty === undefined
      ? []
      : [{ name: "pagerduty", pagerduty_configs: [pagerdutyConfig(pagerduty, settings)] }]),
    ...(webhook === undefined ? [] : [{ name: "webhook", webhook_configs: [webhookConfig(webhook)] }]),
    ...(heartbeat === undefined
      ? []
      : [{ name: "heartbeat", webhook_configs: [{ ...addressOf(heartbeat), send_resolved: false }] }]),
  ];
}

function slackConfig(
  { apiUrlFile, channel }: NonNullable<AlertSettings["slack"]>,
  settings: AlertSettings,
): object {
  return {
    api_url_file: apiUrlFile,
    channel,
    send_resolved: true,
    color: '{{ template "jobstack.color" . }}',
    title: '{{ template "jobstack.title" . }}',
    title_link: '{{ template "jobstack.link" . }}',
    fallback: '{{ template "jobstack.title" . }}',
    text: '{{ template "jobstack.slack.text" . }}',
    mrkdwn_in: ["text"],
    actions: linksOf(settings).map(({ text, href }) => ({ type: "button", text, url: href })),
  };
}

function pagerdutyConfig(
  { routingKeyFile }: NonNullable<AlertSettings["pagerduty"]>,
  settings: AlertSettings,
): object {
  return {
    routing_key_file: routingKeyFile,
    send_resolved: true,
    severity: "{{ .CommonLabels.severity }}",
    class: "{{ .CommonLabels.alertname }}",
    group: "{{ .CommonLabels.environment }}",
    description: '{{ template "jobstack.title" . }}',
    details: { alerts: '{{ template "jobstack.text" . }}' },
    links: linksOf(settings),
  };
}

function webhookConfig({ tokenFile, ...address }: NonNullable<AlertSettings["webhook"]>): object {
  return {
    ...addressOf(address),
    send_resolved: true,
    ...(tokenFile === undefined ? {} : { http_config: { authorization: { credentials_file: tokenFile } } }),
  };
}

function addressOf({ url, urlFile }: { url?: string | undefined; urlFile?: string | undefined }): object {
  return url === undefined ? { url_file: urlFile } : { url };
}

/** Where a message leads to: only what the settings give an address. */
function linksOf({ runbooksUrl, dashboardsUrl, statusPageUrl }: AlertSettings) {
  return [
    { text: "Runbook", href: '{{ template "jobstack.runbook" . }}', given: runbooksUrl },
    { text: "Dashboard", href: '{{ template "jobstack.dashboard" . }}', given: dashboardsUrl },
    { text: "Status page", href: statusPageUrl, given: statusPageUrl },
  ].flatMap(({ text, href, given }) => (given === undefined ? [] : [{ text, href }]));
}
