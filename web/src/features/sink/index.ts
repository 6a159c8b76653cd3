export { SinkPage } from "./SinkPage";
