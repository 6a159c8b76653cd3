import { expect, test } from "vitest";
import { fits } from "./selection";

const w = { key: "agency-onboarding", name: "Clients", folder: "Agency", status: "active" as const };

test("a workflow is found by name, key and folder", () => {
  expect(fits(w, undefined, "client")).toBe(true);
  expect(fits(w, undefined, " AGENCY-on ")).toBe(true);
  expect(fits(w, undefined, "shop")).toBe(false);
});

test("archived workflows are shown only when they are asked for", () => {
  const archived = { ...w, status: "archived" as const };
  expect(fits(archived, undefined, "")).toBe(false);
  expect(fits(archived, "archived", "")).toBe(true);
  expect(fits(w, "archived", "")).toBe(false);
});
