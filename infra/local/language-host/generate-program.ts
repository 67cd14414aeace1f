import { type PclResource, type PclValue, parsePcl } from "./pcl.ts";

/** The TypeScript that declares the resources of a PCL program, as `pulumi import` shows it to copy. */
export function generateProgram(pcl: string): string {
  const resources = parsePcl(pcl);
  const packages = [...new Set(resources.map(({ type }) => packageOf(type)))].sort();
  const imports = [
    'import * as pulumi from "@pulumi/pulumi";',
    ...packages.map((name) => `import * as ${name} from "${npmPackage(name)}";`),
  ];
  return `${imports.join("\n")}\n\n${resources.map(declare).join("\n")}`;
}

function declare({ name, type, inputs, options }: PclResource): string {
  const logical = inputs.find(([key]) => key === "__logicalName")?.[1];
  const given = inputs.filter(([key]) => key !== "__logicalName");
  const title = logical?.kind === "literal" ? String(logical.value) : name;
  const { length } = options;
  const args = [JSON.stringify(title), object(given, ""), ...(length > 0 ? [object(options, "")] : [])];
  return `const ${name} = new ${packageOf(type)}.${type.split(":").at(-1)}(${args.join(", ")});\n`;
}

function render(value: PclValue, indent: string): string {
  if (value.kind === "literal")
    return typeof value.value === "string" ? quote(value.value) : String(value.value);
  if (value.kind === "reference") return value.path;
  if (value.kind === "object") return object(value.entries, indent);
  if (value.kind === "list") return `[${value.items.map((item) => render(item, indent)).join(", ")}]`;
  return `pulumi.${value.name}(${value.arguments.map((argument) => render(argument, indent)).join(", ")})`;
}

function object(entries: [string, PclValue][], indent: string): string {
  if (entries.length === 0) return "{}";
  const inner = `${indent}    `;
  const lines = entries.map(([key, value]) => `${inner}${property(key)}: ${render(value, inner)},\n`);
  return `{\n${lines.join("")}${indent}}`;
}

function property(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

/** Text of several lines, as SQL is, stays readable. */
function quote(text: string): string {
  if (!text.includes("\n")) return JSON.stringify(text);
  return `\`${text.replace(/[\\`]|\$(?=\{)/g, "\\$&")}\``;
}

function packageOf(type: string): string {
  return type.split(":")[0] ?? type;
}

function npmPackage(name: string): string {
  return name === "jobstack" ? name : `@pulumi/${name}`;
}
