// @vitest-environment node
import { expect, test } from "vitest";
import type { Channel } from "../queries";
import { settings } from "../settings.test-kit";
import { blank, bodyOf, formOf, takesWords, targetWords } from "./channelForm";
import { asPercent, valueAt, withValue } from "./limits";

const channel: Channel = {
  id: "chan_1",
  name: "Ops",
  type: "webhook",
  to: [],
  url: "https://user:pass@hooks.example/T0/secret",
  sign: "secret:sign",
  kinds: ["error_rate"],
  workflows: [],
  enabled: true,
  error: null,
  error_at: null,
  sent_at: null,
  created_at: "2026-03-09T08:00:00Z",
  updated_at: "2026-03-09T08:00:00Z",
};

test("an address is shown without what it keeps secret, and is kept unless another is written", () => {
  expect(targetWords(channel)).toBe("https://hooks.example/…");
  expect(targetWords({ ...channel, url: "secret:team" })).toBe("secret:team");
  expect(targetWords({ ...channel, url: "nonsense?token=1" })).toBe("…");
  expect(JSON.stringify(formOf(channel))).not.toContain("T0");
  expect(bodyOf(formOf(channel), channel)).not.toHaveProperty("url");
  expect(bodyOf({ ...formOf(channel), url: " secret:new " }, channel)).toMatchObject({ url: "secret:new" });
});

test("each type sends what it has, and a signature can be taken away", () => {
  const mail = { ...blank, name: " Ops ", to: ["ops@studio.example"], url: "https://left.over", sign: "secret:x" };
  expect(bodyOf(mail, null)).toEqual({ name: "Ops", kinds: [], workflows: [], to: ["ops@studio.example"] });
  expect(bodyOf({ ...mail, type: "slack", url: "" }, null)).toEqual({ name: "Ops", kinds: [], workflows: [], url: "" });
  expect(bodyOf({ ...formOf(channel), sign: "" }, channel)).toMatchObject({ sign: null });
  expect(bodyOf({ ...mail, type: "webhook", sign: "" }, null)).not.toHaveProperty("sign");
});

test("what a channel takes is said in a line", () => {
  expect(takesWords({ kinds: [], workflows: [] })).toBe("Everything");
  expect(takesWords({ kinds: ["wedged", "watch"], workflows: ["greet"] })).toBe(
    "Stuck, 48 hours after a publish; of greet",
  );
});

test("only what was changed is sent, and what is changed back is no change", () => {
  let patch = withValue(settings, {}, "error_rate", "rate", 0.1);
  patch = withValue(settings, patch, "error_rate", "on", false);
  patch = withValue(settings, patch, "remind_every", null, "1d");
  expect(patch).toEqual({ error_rate: { rate: 0.1, on: false }, remind_every: "1d" });
  expect(valueAt(settings, patch, "error_rate", "on")).toBe(false);
  expect(valueAt(settings, patch, "error_rate", "min")).toBe(3);
  expect(valueAt(settings, patch, "remind_every", null)).toBe("1d");
  patch = withValue(settings, patch, "error_rate", "rate", 0.05);
  patch = withValue(settings, patch, "error_rate", "on", true);
  patch = withValue(settings, patch, "remind_every", null, "4h");
  expect(patch).toEqual({});
});

test("a share is a percentage without the dust of binary fractions", () => {
  expect(asPercent(0.07)).toBe(7);
  expect(asPercent(0.001)).toBe(0.1);
});
