export type { FormContext, How } from "./form/scope";
export { ExitForm, SettingsForm, TriggerForm } from "./PartForm";
export { type Step, StepForm } from "./StepForm";
