export { SettingsPage } from "./SettingsPage";
export { isSettingsTab, type SettingsTab } from "./tabs";
