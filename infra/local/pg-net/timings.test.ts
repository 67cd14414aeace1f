import { expect, test } from "vitest";
import { timeoutMessage } from "./timings.ts";

test("shows the time of each step when the reply is late", () => {
  expect(timeoutMessage(500, 500.5, { lookup: 1, connected: 3 })).toBe(
    "Timeout of 500 ms reached. Total time: 500.500000 ms (DNS time: 1.000000 ms, " +
      "TCP/SSL handshake time: 2.000000 ms, HTTP Request/Response time: 497.500000 ms)",
  );
});

test("puts the whole rest on the handshake when no connection came about", () => {
  expect(timeoutMessage(500, 500, { lookup: 1 })).toContain(
    "DNS time: 1.000000 ms, TCP/SSL handshake time: 499.000000 ms, HTTP Request/Response time: 0.000000 ms",
  );
});

test("puts everything on the lookup when even that did not end", () => {
  expect(timeoutMessage(500, 500, {})).toContain(
    "DNS time: 500.000000 ms, TCP/SSL handshake time: 0.000000 ms, HTTP Request/Response time: 0.000000 ms",
  );
});
