// @vitest-environment node
import { expect, test } from "vitest";
import { undoOf, undoWords, whyLeft } from "./undo";

const line = { enrollment: "enr_1", workflow: "shop", node: "hello", visit: 1, type: "email", what: "mail" };
const result = {
  workflow: "shop",
  enrollments: 2,
  ended: ["enr_2"],
  undone: [{ ...line, node: "tag", what: "tag customer" }],
  not_undone: [{ ...line, reason: "sent" }],
};

test("the result of an undo is told in a sentence, with what could not be taken back", () => {
  const undo = undoOf(result);
  expect(undo?.undone).toEqual([
    { what: "tag customer", node: "tag", workflow: "shop", enrollment: "enr_1", reason: "", by: "" },
  ]);
  expect(undo && undoWords(undo)).toBe(
    "Of 2 enrollments in shop and what came of it, 1 thing was taken back, 1 could not be. 1 enrollment ended by it.",
  );
  expect(undo && undoWords({ ...undo, more: true })).toContain("at least 1 thing was taken back, at least 1 could");
  expect(undo && undoWords({ ...undo, undone: [], left: [], ended: 0 })).toMatch(/there was nothing to take back\.$/);
  expect(undo && undoWords({ ...undo, enrollments: 0 })).toBe("The contact had no enrollment in shop to take back.");
});

test("what is no result of an undo is not taken for one, nor one that is not done yet", () => {
  for (const other of [null, "text", [], { workflow: "shop" }, { passages: ["enr_1"], ended: [] }])
    expect(undoOf(other)).toBeNull();
});

test("why something was left is said in words, also what nobody knows here yet", () => {
  expect(whyLeft({ reason: "kept", by: "club" })).toBe("the workflow club wants it as it is");
  expect(whyLeft({ reason: "changed_since", by: "" })).toBe("somebody has changed it since");
  expect(whyLeft({ reason: "some_new_reason", by: "" })).toBe("some new reason");
});
