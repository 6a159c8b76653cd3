export { MailPage } from "./MailPage";
export { TemplatePage } from "./TemplatePage";
