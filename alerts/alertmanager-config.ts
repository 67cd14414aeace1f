import { stringify } from "yaml";
import { inhibitions } from "./inhibitions.ts";
import { receiversOf } from "./receivers.ts";
import type { AlertSettings } from "./settings.ts";

/** Name of the file with the messages' templates, which lies beside the configuration. */
export const templateFile = "jobstack.tmpl";

/**
 * The Alertmanager configuration of one environment, as YAML. An alert goes to every receiver of people that is named in
 * the settings; to PagerDuty only if it is critical, and of this environment.
 */
export function alertmanagerConfig(environment: string, settings: AlertSettings): string {
  const config = {
    templates: [templateFile],
    route: {
      // For what no route takes: there is none when nobody is named.
      receiver: "nowhere",
      group_by: ["alertname", "environment"],
      group_wait: settings.groupWait,
      group_interval: settings.groupInterval,
      repeat_interval: settings.repeatInterval,
      routes: routesOf(environment, settings),
    },
    inhibit_rules: inhibitions.map(({ source, targets, equal }) => ({
      source_matchers: [`alertname="${source}"`],
      target_matchers: [`alertname=~"${targets.join("|")}"`],
      equal,
    })),
    receivers: receiversOf(settings),
  };
  return stringify(config, { lineWidth: 0 });
}

function routesOf(environment: string, { heartbeat, pagerduty, slack, webhook }: AlertSettings): object[] {
  return [
    watchdogRoute(heartbeat),
    ...(pagerduty === undefined
      ? []
      : [
          {
            matchers: ['severity="critical"', `environment="${environment}"`],
            receiver: "pagerduty",
            continue: true,
          },
        ]),
    ...(slack === undefined ? [] : [{ receiver: "slack", continue: true }]),
    ...(webhook === undefined ? [] : [{ receiver: "webhook" }]),
  ];
}

/** The alert that always fires is for a machine, or for nobody. */
function watchdogRoute(heartbeat: AlertSettings["heartbeat"]): object {
  const matchers = ['alertname="Watchdog"'];
  if (heartbeat === undefined) return { matchers, receiver: "nowhere" };
  const { every } = heartbeat;
  // A repeat interval of the same length would still have a moment to go at every other look, and pass it by.
  return { matchers, receiver: "heartbeat", group_wait: "0s", group_interval: every, repeat_interval: "1s" };
}
