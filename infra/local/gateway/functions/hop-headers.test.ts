import { expect, it } from "vitest";
import { endToEndHeaders } from "./hop-headers.ts";

it("keeps end-to-end headers, repeated ones too", () => {
  const headers = { authorization: "Bearer x", "set-cookie": ["a=1", "b=2"], "content-length": "3" };
  expect(endToEndHeaders(headers)).toEqual(headers);
});

it("drops headers of the connection and those that the connection header names", () => {
  const headers = {
    connection: "keep-alive, X-Private",
    "keep-alive": "timeout=5",
    "transfer-encoding": "chunked",
    expect: "100-continue",
    "x-private": "1",
    accept: "*/*",
  };
  expect(endToEndHeaders(headers)).toEqual({ accept: "*/*" });
});
