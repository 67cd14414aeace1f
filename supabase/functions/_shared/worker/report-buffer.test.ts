import { describe, expect, it } from "vitest";
import { ReportBuffer } from "./report-buffer.ts";

function bufferOf(count: number): ReportBuffer {
  const buffer = new ReportBuffer();
  for (let id = 1; id <= count; id += 1) {
    buffer.add({ id: String(id), token: "7", outcome: "completed", result: "{}" }, id);
  }
  return buffer;
}

const ids = (buffer: ReportBuffer) => buffer.take().map((report) => report.id);

describe("ReportBuffer", () => {
  it("keeps reports until they are confirmed", () => {
    const buffer = bufferOf(2);
    buffer.take();
    expect(ids(buffer)).toEqual(["1", "2"]);
    buffer.confirm();
    expect(buffer.size).toBe(0);
  });

  it("keeps a report that is added while others are sent", () => {
    const buffer = bufferOf(1);
    buffer.take();
    buffer.add({ id: "2", token: "7", outcome: "completed", result: "{}" }, 5);
    buffer.confirm();
    expect(ids(buffer)).toEqual(["2"]);
    expect(buffer.since).toBe(5);
  });

  it("sends the same again, without a claim, when the cause may be the claim", () => {
    const buffer = bufferOf(2);
    buffer.take();
    buffer.refuse("bad value", false);
    expect(buffer.isolating).toBe(true);
    expect(ids(buffer)).toEqual(["1", "2"]);
  });

  it("halves a refused batch until the culprit stands alone", () => {
    const buffer = bufferOf(4);
    const sent = [4, 2, 1].map((expected) => {
      expect(buffer.take()).toHaveLength(expected);
      buffer.refuse("bad value", true);
      return expected;
    });
    expect(sent).toHaveLength(3);
    expect(buffer.take()[0]).toEqual({
      id: "1",
      token: "7",
      outcome: "failed",
      error: "the result could not be stored: bad value",
      retryable: false,
    });
  });

  it("drops a report that is refused even as a failure", () => {
    const buffer = bufferOf(1);
    buffer.take();
    buffer.refuse("bad value", true);
    buffer.take();
    buffer.refuse("bad value", true);
    expect(buffer.size).toBe(0);
  });

  it("returns to whole batches once all is confirmed", () => {
    const buffer = bufferOf(2);
    buffer.take();
    buffer.refuse("bad value", true);
    buffer.take();
    buffer.confirm();
    expect(buffer.isolating).toBe(true);
    buffer.take();
    buffer.confirm();
    expect(buffer.isolating).toBe(false);
  });
});
