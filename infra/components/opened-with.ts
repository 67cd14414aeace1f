/** What is chosen in a dashboard when somebody opens it; from then on it is the reader's to choose. */
export interface FirstChoice {
  /** Name of the data source in Grafana. Default: Grafana's own default. */
  datasource?: string | undefined;
  /** Value of the label `environment`. Default: all. */
  environment?: string | undefined;
}

interface Variable {
  name: string;
  multi?: boolean;
  current?: { selected: boolean; text: string | string[]; value: string | string[] };
}

interface Model {
  templating: { list: Variable[] };
}

/** A dashboard's JSON with these choices made. The variables of a dashboard are named like the choices. */
export function openedWith(model: string, choice: FirstChoice): string {
  const dashboard = JSON.parse(model) as Model;
  const list = dashboard.templating.list.map((variable) => {
    const chosen = choice[variable.name as keyof FirstChoice];
    if (chosen === undefined) return variable;
    const value = variable.multi ? [chosen] : chosen;
    return { ...variable, current: { selected: true, text: value, value } };
  });
  return JSON.stringify({ ...dashboard, templating: { ...dashboard.templating, list } });
}
