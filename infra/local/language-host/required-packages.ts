import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type PluginMessages, plugins } from "./protocol.ts";

interface PackageFile {
  name?: string;
  version?: string;
  pulumi?: {
    resource?: boolean;
    name?: string;
    version?: string;
    server?: string;
    parameterization?: { name: string; version: string; value: string };
  };
}

/** The provider plugins that the program's npm packages are made for; the CLI downloads those that it lacks. */
export function requiredPackages(programDirectory: string): PluginMessages.PackageDependency[] {
  return packagesBelow(path.join(programDirectory, "node_modules")).flatMap(dependencyOf);
}

function packagesBelow(modules: string): PackageFile[] {
  return foldersIn(modules).flatMap((name) => {
    const dir = path.join(modules, name);
    if (name.startsWith("@")) return packagesBelow(dir);
    return [readPackage(dir), ...packagesBelow(path.join(dir, "node_modules"))];
  });
}

function foldersIn(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith(".") && (entry.isDirectory() || entry.isSymbolicLink()))
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

function readPackage(dir: string): PackageFile {
  try {
    return JSON.parse(readFileSync(path.join(dir, "package.json"), "utf8")) as PackageFile;
  } catch {
    return {};
  }
}

function dependencyOf({ name = "", version = "", pulumi }: PackageFile): PluginMessages.PackageDependency[] {
  const plugin = pulumi?.name ?? (name.startsWith("@pulumi/") ? name.slice("@pulumi/".length) : undefined);
  if (!pulumi?.resource || plugin === undefined) return [];
  const dependency = new plugins.PackageDependency();
  dependency.setKind("resource");
  dependency.setName(plugin);
  dependency.setVersion(`v${(pulumi.version ?? version).replace(/^v/, "")}`);
  dependency.setServer(pulumi.server ?? "");
  if (pulumi.parameterization) {
    const parameterization = new plugins.PackageParameterization();
    parameterization.setName(pulumi.parameterization.name);
    parameterization.setVersion(pulumi.parameterization.version);
    parameterization.setValue(pulumi.parameterization.value);
    dependency.setParameterization(parameterization);
  }
  return [dependency];
}
