import { Outline } from "../outline/Outline";
import type { View } from "./search";

/** The workflow as the address wants it drawn. */
export function Drawing({ view }: { view: View }) {
  return view === "outline" ? <Outline /> : <Outline />;
}
