export { BuilderPage } from "./page/BuilderPage";
export { type BuilderSearch, readBuilderSearch } from "./page/search";
