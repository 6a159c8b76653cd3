import type { Schemas } from "@/api";
import type { Definition, Specs } from "@/graph";
import type { Passage } from "./passage";

type Props = {
  definition: Definition;
  specs: Specs;
  summaries: Schemas["Summaries"];
  passage: Passage;
  selected: string | null;
  onSelect: (node: string | null) => void;
};

export function PassageCanvas(_: Props) {
  return null;
}
