import type { Scope } from "@/api";

export type SettingsTab = "account" | "keys" | "secrets" | "suppressions" | "alarms" | "audit" | "engine";

/** The tabs, and what one needs to read behind them. */
export const settingsTabs: { tab: SettingsTab; label: string; scope: Scope }[] = [
  { tab: "account", label: "Account", scope: "viewer" },
  { tab: "keys", label: "API keys", scope: "admin" },
  { tab: "secrets", label: "Secrets", scope: "editor" },
  { tab: "suppressions", label: "Suppressions", scope: "viewer" },
  { tab: "alarms", label: "Alarms", scope: "viewer" },
  { tab: "audit", label: "Audit", scope: "admin" },
  { tab: "engine", label: "Engine", scope: "viewer" },
];

export function isSettingsTab(value: unknown): value is SettingsTab {
  return settingsTabs.some((t) => t.tab === value);
}
