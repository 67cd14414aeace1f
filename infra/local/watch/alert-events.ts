/** An alert as Alertmanager's API lists it, as far as it is used here. */
export interface Alert {
  fingerprint: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** One line for each alert that began or ended between two readings. */
export function describeAlertEvents(before: Alert[], after: Alert[]): string[] {
  const isIn = (alerts: Alert[]) => (alert: Alert) =>
    alerts.some(({ fingerprint }) => fingerprint === alert.fingerprint);
  const began = after.filter((alert) => !isIn(before)(alert));
  const ended = before.filter((alert) => !isIn(after)(alert));
  return [
    ...began.map((alert) => `alert ${title(alert)}: ${alert.annotations.summary ?? "firing"}`),
    ...ended.map((alert) => `alert ${title(alert)} is resolved`),
  ];
}

function title({ labels }: Alert): string {
  const subject = labels.queue ?? labels.job_name ?? labels.collector;
  return subject ? `${labels.alertname} (${subject})` : String(labels.alertname);
}
