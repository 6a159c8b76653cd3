export { PipelinesPage } from "./PipelinesPage";
