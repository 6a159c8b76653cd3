export { BeforeEnabling } from "./BeforeEnabling";
