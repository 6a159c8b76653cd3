export { BacktestPage } from "./BacktestPage";
export { BeforeEnabling } from "./BeforeEnabling";
