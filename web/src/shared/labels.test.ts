import { expect, test } from "vitest";
import { placeWords, settingLabel } from "./labels";

test("a place in what was sent is said in words", () => {
  expect(placeWords("/filter/all/0/op")).toBe("Filter, all, 1, op");
  expect(placeWords("/nodes/book/with/url")).toBe("Book, url");
  expect(placeWords("/first_name")).toBe("First name");
  expect(placeWords("?limit")).toBe("Limit");
});

test("a setting is called as its schema says, else by its key", () => {
  expect(settingLabel("url", { label: "Address" })).toBe("Address");
  expect(settingLabel("max_visits", undefined)).toBe("Max visits");
});
