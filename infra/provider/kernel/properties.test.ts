import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { containsUnknown, decodeProperties, encodeProperties, secretTexts, UNKNOWN } from "./properties.ts";

const { Struct } = createRequire(import.meta.url)("google-protobuf/google/protobuf/struct_pb.js");

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

describe("properties", () => {
  it("come back as they were, secrets apart", () => {
    const values = { name: "a", list: [1, { deep: "x" }], flag: false, unknown: UNKNOWN, none: null };
    const secretPaths = [["list", 1, "deep"], ["name"]];
    const decoded = decodeProperties(encodeProperties(values, secretPaths));
    expect(decoded.values).toEqual(values);
    expect(decoded.secretPaths).toEqual(secretPaths);
  });

  it("come back as they were, whatever they are", () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(json, (values) => {
        const text = JSON.stringify(values);
        fc.pre(!text.includes("__proto__"));
        // Protocol buffers know no negative zero.
        const plain = JSON.parse(text);
        expect(decodeProperties(encodeProperties(plain)).values).toEqual(plain);
      }),
    );
  });

  it("leave out what is undefined", () => {
    expect(encodeProperties({ a: undefined, b: 1 }).toJavaScript()).toEqual({ b: 1 });
  });

  it("understand a secret within a secret, and an unknown one", () => {
    const struct = Struct.fromJavaScript({
      outer: secret({ inner: secret("x"), open: "y" }),
      later: secret("04da6b54-80e4-46f7-96ec-b56ff0331ba9"),
    });
    const decoded = decodeProperties(struct);
    expect(decoded.values).toEqual({ outer: { inner: "x", open: "y" }, later: UNKNOWN });
    expect(secretTexts(decoded)).toEqual(["x", "y", "x"]);
  });

  it("refuse an asset, naming where it stands", () => {
    const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x" };
    expect(() => decodeProperties(Struct.fromJavaScript({ files: [{ sql: asset }] }))).toThrow(
      'property "files[0].sql": an asset or reference is not accepted; write a plain value',
    );
  });

  it("are empty where the request has none", () => {
    expect(decodeProperties(undefined)).toEqual({ values: {}, secretPaths: [] });
  });
});

it("containsUnknown looks into lists and objects", () => {
  expect(containsUnknown({ a: [{ b: UNKNOWN }] })).toBe(true);
  expect(containsUnknown({ a: [{ b: null }], c: "x" })).toBe(false);
});
