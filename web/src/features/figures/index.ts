export { length, lengthWords, money, number, type Shown, share } from "./format";
export { FigureBar } from "./layer/FigureBar";
export { type Layer, useFigureLayer } from "./layer/useFigureLayer";
export { Value } from "./parts/Value";
