import { expect, test } from "vitest";
import { zoneOf } from "./zone";

test("the workflow's zone counts, then the contact's, then the account's", () => {
  const contact = { key: "w", settings: { timezone: "contact" } };
  expect(zoneOf({ key: "w", settings: { timezone: "Asia/Tokyo" } }, "Europe/Berlin", "UTC")).toBe("Asia/Tokyo");
  expect(zoneOf(contact, "Europe/Berlin", "America/New_York")).toBe("Europe/Berlin");
  expect(zoneOf(contact, null, "America/New_York")).toBe("America/New_York");
  expect(zoneOf({ key: "w" }, "", undefined)).toBe("UTC");
});
