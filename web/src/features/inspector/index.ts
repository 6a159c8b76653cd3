export { ConditionEditor } from "./conditions/ConditionEditor";
export type { FormContext, How } from "./form/scope";
export { fetchEditor } from "./liquid/editor";
export { ExitForm, SettingsForm, TriggerForm } from "./PartForm";
export { StepForm } from "./StepForm";
