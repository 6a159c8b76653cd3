import { expect, test } from "vitest";
import { readData, sampleData } from "./sample";

test("every documented key has a value of its type", () => {
  const now = new Date("2026-03-02T09:00:00.123Z");
  const data = sampleData(
    [
      { key: "order_id", label: "", type: "text" },
      { key: "amount", label: "", type: "number" },
      { key: "signed_at", label: "", type: "date" },
      { key: "items", label: "", type: "list" },
      { key: "machine", label: "", type: "boolean" },
    ],
    now,
  );
  expect(data).toEqual({
    order_id: "test-1",
    amount: 49,
    signed_at: "2026-03-02T09:00:00Z",
    items: [],
    machine: false,
  });
});

test("data that is no object is refused before it is sent", () => {
  expect(readData("")).toEqual({ data: {} });
  expect(readData('{"a": 1}')).toEqual({ data: { a: 1 } });
  expect(readData("[1]")).toHaveProperty("error");
  expect(readData("{a}")).toHaveProperty("error");
});
