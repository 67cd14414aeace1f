import { createRequire } from "node:module";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { formatPath, type Path, valueAt } from "./path.ts";

// The generated protobuf modules are CommonJS whose exports no static analysis finds.
const { Struct: StructMessage } = createRequire(import.meta.url)(
  "google-protobuf/google/protobuf/struct_pb.js",
) as { Struct: typeof Struct };

const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN_WIRE_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Stands in a preview for a value that only the deployment will know. */
export const UNKNOWN: unique symbol = Symbol("unknown");

export type PropertyValue =
  | null
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | PropertyValue[]
  | { [key: string]: PropertyValue };

export type Properties = { [key: string]: PropertyValue };

/** Plain values, and apart from them the paths at which Pulumi said "secret". */
export interface DecodedProperties {
  values: Properties;
  secretPaths: Path[];
}

/** Turns a Struct of the protocol into plain values. Assets and archives are refused: no resource takes them. */
export function decodeProperties(struct: Struct | undefined): DecodedProperties {
  const secretPaths: Path[] = [];
  const wire = (struct?.toJavaScript() ?? {}) as Record<string, unknown>;
  return { values: decodeRecord(wire, [], secretPaths), secretPaths };
}

/** The reverse: values at `secretPaths` are wrapped as secrets, undefined ones are left out. */
export function encodeProperties(values: Record<string, unknown>, secretPaths: readonly Path[] = []): Struct {
  const secret = new Set(secretPaths.map(formatPath));
  return StructMessage.fromJavaScript(
    encodeRecord(values, [], secret) as Parameters<typeof Struct.fromJavaScript>[0],
  );
}

/** Every string below the secret paths, so that it can be kept out of errors and logs. */
export function secretTexts(decoded: DecodedProperties): string[] {
  return decoded.secretPaths.flatMap((path) => textsIn(valueAt(decoded.values, path)));
}

export function containsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(containsUnknown);
}

function decodeRecord(wire: Record<string, unknown>, path: Path, secretPaths: Path[]): Properties {
  return Object.fromEntries(
    Object.entries(wire).map(([key, value]) => [key, decodeValue(value, [...path, key], secretPaths)]),
  );
}

function decodeValue(wire: unknown, path: Path, secretPaths: Path[]): PropertyValue {
  if (wire === UNKNOWN_WIRE_VALUE) return UNKNOWN;
  if (Array.isArray(wire)) {
    return wire.map((element, index) => decodeValue(element, [...path, index], secretPaths));
  }
  if (typeof wire !== "object" || wire === null) return wire as PropertyValue;
  const record = wire as Record<string, unknown>;
  if (record[SIGNATURE_KEY] === SECRET_SIGNATURE) {
    secretPaths.push(path);
    return decodeValue(record.value, path, secretPaths);
  }
  if (SIGNATURE_KEY in record) {
    throw new TypeError(
      `property "${formatPath(path)}": an asset or reference is not accepted; write a plain value`,
    );
  }
  return decodeRecord(record, path, secretPaths);
}

function encodeRecord(
  values: Record<string, unknown>,
  path: Path,
  secret: Set<string>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, encodeValue(value, [...path, key], secret)]),
  );
}

function encodeValue(value: unknown, path: Path, secret: Set<string>): unknown {
  const plain = encodePlain(value, path, secret);
  return secret.has(formatPath(path)) ? { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: plain } : plain;
}

function encodePlain(value: unknown, path: Path, secret: Set<string>): unknown {
  if (value === UNKNOWN) return UNKNOWN_WIRE_VALUE;
  if (Array.isArray(value)) {
    return value.map((element, index) => encodeValue(element, [...path, index], secret));
  }
  if (typeof value !== "object" || value === null) return value;
  return encodeRecord(value as Record<string, unknown>, path, secret);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
