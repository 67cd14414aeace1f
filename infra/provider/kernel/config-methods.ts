import { findProblems } from "./check.ts";
import { diffValues } from "./diff.ts";
import { formatPath } from "./path.ts";
import { decodeProperties, encodeProperties, type Properties } from "./properties.ts";
import { type ProviderMessages as Messages, messages } from "./protocol.ts";
import { type ProviderConfig, providerConfigSchema, SECRET_SETTINGS } from "./provider-config.ts";
import { UserError } from "./user-error.ts";

// Pulumi's own options of a provider resource.
const ENGINE_KEYS = ["version", "pluginDownloadURL", "__internal"];

export function checkConfig(request: Messages.CheckRequest): Messages.CheckResponse {
  const { values, secretPaths } = decodeProperties(request.getNews());
  const declared = SECRET_SETTINGS.filter((key) => values[key] !== undefined).map((key) => [key]);
  const response = new messages.CheckResponse();
  response.setInputs(encodeProperties(values, [...secretPaths, ...declared]));
  for (const { path, reason } of findProblems(providerConfigSchema, ownSettings(values))) {
    const failure = new messages.CheckFailure();
    failure.setProperty(formatPath(path));
    failure.setReason(reason);
    response.addFailures(failure);
  }
  return response;
}

/**
 * No setting replaces the provider, for that would replace everything it made. With another database or project, the
 * objects are found missing there and made anew; those in the old place are left alone.
 */
export function diffConfig(request: Messages.DiffRequest): Messages.DiffResponse {
  const before = decodeProperties(request.getOldInputs() ?? request.getOlds()).values;
  const after = decodeProperties(request.getNews()).values;
  const changes = diffValues(ownSettings(before), ownSettings(after));
  const response = new messages.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  response.setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList(changes.map(({ path }) => formatPath(path)));
  return response;
}

export function parseConfig(request: Messages.ConfigureRequest): ProviderConfig {
  const settings = ownSettings(decodeProperties(request.getArgs()).values);
  const result = providerConfigSchema.safeParse(settings);
  if (result.success) return result.data;
  const problems = findProblems(providerConfigSchema, settings);
  throw new UserError(
    `provider jobstack: ${problems.map(({ path, reason }) => `${formatPath(path)} ${reason}`).join("; ")}`,
  );
}

function ownSettings(values: Properties): Properties {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !ENGINE_KEYS.includes(key)));
}
