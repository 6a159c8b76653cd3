import { expect, test } from "vitest";
import { changeFilter, readFilter } from "./filter";

test("an address that somebody typed gives a filter that the server takes", () => {
  expect(readFilter({ workflow: "shop", status: "held", version: "3", test: "false" })).toEqual({
    workflow: "shop",
    status: "held",
    version: 3,
    test: false,
  });
  expect(readFilter({ status: "asleep", version: "-1", node: "", other: "x", test: "perhaps" })).toEqual({});
  expect(readFilter({ contact: 42 })).toEqual({ contact: "42" });
});

test("another workflow takes the step and the version with it", () => {
  const filter = { workflow: "shop", node: "mail", version: 2, status: "held" as const };
  expect(changeFilter(filter, { workflow: "other" })).toEqual({ workflow: "other", status: "held" });
  expect(changeFilter(filter, { workflow: undefined })).toEqual({ status: "held" });
  expect(changeFilter(filter, { status: undefined })).toEqual({ workflow: "shop", node: "mail", version: 2 });
});
