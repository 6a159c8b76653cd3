import { type Definition, graphOf, isObject, nodesOf, type Specs } from "@/graph";
import type { Summaries } from "../queries";

/** A step that fits what was looked for. `line` shows by which words, where its name does not. */
export type Found = { id: string; title: string; icon: string; line: string };

/** Names, types, summaries, notes and settings of all steps, in reading order, to look for words in. */
export function stepFinder(definition: Definition, specs: Specs, summaries: Summaries["nodes"]) {
  const nodes = nodesOf(definition);
  const steps = graphOf(definition, specs).order.map((id) => {
    const node = nodes[id] ?? { type: "" };
    const spec = specs.get(node.type);
    const kind = spec?.title ?? node.type;
    const title = node.name || kind;
    const summary = summaries[id] ?? "";
    const named = [title, kind, node.type, id].join(" ").toLowerCase();
    const told = [summary, ...(node.note ? [`Note: ${node.note}`] : []), ...settingLines(node.with)];
    return {
      id,
      title,
      icon: spec?.icon ?? "",
      kind,
      named,
      summary,
      told,
      all: [named, ...told].join(" ").toLowerCase(),
    };
  });
  /** The steps in which every word stands, those whose name or type holds them first. */
  return (query: string): Found[] => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = steps.filter(({ all }) => words.every((word) => all.includes(word)));
    const byName = ({ named }: { named: string }) => words.every((word) => named.includes(word));
    return fits
      .toSorted((a, b) => Number(byName(b)) - Number(byName(a)))
      .map((step) => {
        const { id, title, icon, kind, summary, told } = step;
        const why = byName(step) ? undefined : told.find((line) => words.some((w) => line.toLowerCase().includes(w)));
        const line = shortened(why ?? summary, words);
        return { id, title, icon, line: [title === kind ? "" : kind, line].filter(Boolean).join(" · ") };
      });
  };
}

/** Each text and number in settings as a line: "template › key: welcome-1". */
function settingLines(value: unknown, path: string[] = []): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => settingLines(item, path));
  if (isObject(value)) return Object.entries(value).flatMap(([key, inner]) => settingLines(inner, [...path, key]));
  if (typeof value !== "string" && typeof value !== "number") return [];
  return [`${path.map((key) => key.replaceAll("_", " ")).join(" › ")}: ${value}`];
}

const room = 90;

/** The part of a line around the first word that was looked for. */
function shortened(line: string, words: readonly string[]): string {
  const flat = line.replace(/\s+/g, " ").trim();
  if (flat.length <= room) return flat;
  const hits = words.map((word) => flat.toLowerCase().indexOf(word)).filter((at) => at >= 0);
  const from = Math.max(0, Math.min(...hits, flat.length) - 30);
  const start = hits.length === 0 ? 0 : from;
  const cut = flat.slice(start, start + room).trim();
  return `${start > 0 ? "…" : ""}${cut}${start + room < flat.length ? "…" : ""}`;
}

/** How many were found: "3 steps". */
export function foundWords(count: number): string {
  return count === 1 ? "1 step" : `${count} steps`;
}
