import fc from "fast-check";
import { expect, test } from "vitest";
import { eventsOf, takeEvents } from "./sse";

const text = 'event: step\ndata: {"a":1}\n\n: still here\n\nevent: result\ndata: x\ndata: y\n\n';
const all = [
  { event: "step", data: '{"a":1}' },
  { event: "result", data: "x\ny" },
];

test("events come out whole, comments do not", () => {
  expect(takeEvents(text)).toEqual({ events: all, rest: "" });
  expect(takeEvents("data: z\r\n\r\ndata")).toEqual({ events: [{ event: "message", data: "z" }], rest: "data" });
});

test("it does not matter where the text is cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(text.length)), async (cuts) => {
      const bytes = new TextEncoder().encode(text);
      const ends = [...cuts.sort((a, b) => a - b), bytes.length];
      const body = new ReadableStream<Uint8Array>({
        start(c) {
          let from = 0;
          for (const to of ends) {
            c.enqueue(bytes.slice(from, to));
            from = to;
          }
          c.close();
        },
      });
      const got = [];
      for await (const event of eventsOf(new Response(body))) got.push(event);
      expect(got).toEqual(all);
    }),
    { numRuns: 50 },
  );
});
