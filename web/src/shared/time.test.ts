import { expect, test } from "vitest";
import { ago, localTime, ownZone } from "./time";

test("an instant is shown in its zone", () => {
  expect(localTime("2026-03-09T08:00:00Z", "Europe/Berlin")).toBe("Mon 9 Mar 2026 09:00 (Europe/Berlin)");
  expect(localTime("2026-03-29T01:30:00Z", "Europe/Berlin")).toBe("Sun 29 Mar 2026 03:30 (Europe/Berlin)");
});

test("in a zone that is none an instant is shown in the browser's own", () => {
  for (const zone of ["", "javascript:xss()", "Europe/Nowhere"])
    expect(localTime("2026-03-09T08:00:00Z", zone)).toBe(localTime("2026-03-09T08:00:00Z", ownZone));
});

test("the distance from now has the unit that fits", () => {
  const now = Date.parse("2026-03-09T08:00:00Z");
  expect(ago("2026-03-09T07:55:00Z", now)).toBe("5 minutes ago");
  expect(ago("2026-03-12T08:00:00Z", now)).toBe("in 3 days");
  expect(ago("2026-03-09T08:00:00Z", now)).toBe("now");
});
