/** A name for people made of a key: max_visits is "Max visits". */
export function humanised(key: string): string {
  const words = key.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a setting is called wherever people read of it: as its schema says, else by its key. */
export const settingLabel = (key: string, hints: { label?: string | undefined } | undefined): string =>
  hints?.label || humanised(key);

/** A place in what was sent, as people read it: /filter/all/0/op is "Filter, all, 1, op", ?limit is "Limit". */
export function placeWords(pointer: string): string {
  const keys = pointer
    .replace(/^[/?]/, "")
    .split("/")
    .filter((key) => key !== "nodes" && key !== "with");
  const words = keys.map((key) =>
    /^\d+$/.test(key) ? String(Number(key) + 1) : key.replaceAll("~1", "/").replaceAll("~0", "~"),
  );
  return humanised(words.join(", "));
}
