export { length, lengthWords, money, number, percent, type Shown, share } from "./format";
export { FigureBar } from "./layer/FigureBar";
export { type Layer, useFigureLayer } from "./layer/useFigureLayer";
export { Value } from "./parts/Value";
