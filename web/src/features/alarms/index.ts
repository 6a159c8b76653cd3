export { AlarmsPage } from "./AlarmsPage";
export { AlarmSettings } from "./settings/AlarmSettings";
export { LimitsForm } from "./settings/LimitsForm";
