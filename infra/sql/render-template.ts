/**
 * Fills in the `{{name}}` places of a SQL template; values must be quoted already, as identifiers or literals.
 * Throws when the template names a value that is not given.
 */
export function renderTemplate(template: string, values: Record<string, string>): string {
  return stripComments(template).replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`SQL template: no value for {{${name}}}`);
    return value;
  });
}

/** The head of a template explains its places, and would be filled in as well. */
function stripComments(template: string): string {
  return template.replace(/^(--.*\n)+/, "");
}
