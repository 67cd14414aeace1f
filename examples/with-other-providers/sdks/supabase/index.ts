export { Branch, type BranchArgs } from "./branch.ts";
export { Project, type ProjectArgs } from "./project.ts";
export { Provider, type ProviderArgs } from "./provider.ts";
export { Settings, type SettingsArgs } from "./settings.ts";
