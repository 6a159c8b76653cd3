export { AlarmsPage } from "./AlarmsPage";
export { AlarmSettings } from "./settings/AlarmSettings";
