const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** A share of a hundred, one decimal: "37.5 %". What is not quite none, or not quite all, is never rounded to it. */
export function percent(rate: number): string {
  const shown = tenths.format(rate * 100);
  if (rate > 0 && shown === "0") return "< 0.1 %";
  if (rate < 1 && shown === "100") return "> 99.9 %";
  return `${shown} %`;
}
