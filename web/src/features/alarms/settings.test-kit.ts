import type { AlarmSettings } from "./queries";

/** The limits of a new installation. */
export const settings: AlarmSettings = {
  error_rate: { on: true, rate: 0.05, min: 3, within: "1h" },
  silence: { on: true, factor: 1.5, after: "1h" },
  lateness: { on: true, after: "5m" },
  wedged: { on: true },
  drift: { on: true, by: 0.2, min: 50, within: "7d" },
  watch: { on: true },
  remind_every: "4h",
  clear_after: "10m",
};
