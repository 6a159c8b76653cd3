export { FailuresPage } from "./FailuresPage";
