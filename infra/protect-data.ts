import type { ResourceTransformation } from "@pulumi/pulumi";

const holdsData = ["Extension", "Schema", "Migration", "Queue", "VaultSecret", "Secret", "StorageBucket"].map(
  (kind) => `jobstack:index:${kind}`,
);

/** Has Pulumi refuse to delete or replace what holds data; what only holds code or settings stays free to change. */
export const protectData: ResourceTransformation = ({ type, props, opts }) =>
  holdsData.includes(type) ? { props, opts: { ...opts, protect: true } } : undefined;
