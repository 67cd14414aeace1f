import { expect, test } from "vitest";
import { curlError } from "./curl-error.ts";

test.each([
  ["ECONNREFUSED", "Couldn't connect to server"],
  ["ENOTFOUND", "Couldn't resolve host name"],
  ["ECONNRESET", "Failure when receiving data from the peer"],
  ["HPE_INVALID_HEADER_TOKEN", "Weird server reply"],
  ["HPE_INVALID_CONSTANT", "Unsupported protocol"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "SSL peer certificate or SSH remote key was not OK"],
  ["CERT_HAS_EXPIRED", "SSL peer certificate or SSH remote key was not OK"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "SSL connect error"],
  ["SOMETHING_NEW", "Failure when receiving data from the peer"],
])("says for Node's %s what curl says: %s", (code, text) => {
  expect(curlError(Object.assign(new Error("whatever"), { code }))).toBe(text);
});

test("tells a server that closed without a word from one that reset the connection", () => {
  const error = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
  expect(curlError(error)).toBe("Server returned nothing (no headers, no data)");
});
