import { Split } from "lucide-react";
import { blockOf, edgeKey, type Gap, graphOf, meetingOf, nodesOf, targetOf } from "@/graph";
import { stepName } from "../diff/words";
import { useBuilder, useDefinition } from "../page/context";
import { waysOf } from "../page/places";
import { among, type Choice, Chooser } from "./Chooser";
import { InsertDialog } from "./InsertDialog";
import { PlaceDialog } from "./PlaceDialog";

type Props = {
  id: string;
  /** What is done with the way: a step is put into it, or it is led elsewhere. */
  to: "pick" | "connect";
  onClose: () => void;
};

const MEETING = "@meeting";
const names = {
  search: "Search ways",
  list: "Ways out",
  placeholder: "Search ways",
  none: "There is no such way out.",
};

/** Chooses one of the ways out of a step, that of errors among them. A single one is not asked for. */
export function WayDialog({ id, to, onClose }: Props) {
  const { ask, specs } = useBuilder();
  const definition = useDefinition();
  const nodes = nodesOf(definition);
  const nameOf = (step: string) => stepName(step, nodes[step], specs);
  const ways = waysOf(definition, specs, id);
  const graph = graphOf(definition, specs);
  const meeting: Gap | undefined = to === "pick" ? meetingOf(graph, blockOf(graph, id)) : undefined;
  const single = ways.length === 1 ? ways[0] : undefined;
  if (single && to === "connect") return <PlaceDialog slot={single} onClose={onClose} />;
  if (single) return <InsertDialog slot={single} also={[]} onClose={onClose} />;
  const choices = ways.map((slot): Choice => {
    const next = targetOf(definition, specs, slot);
    const leads = next === undefined ? "nothing follows" : `leads to ${nameOf(next)}`;
    return { id: edgeKey(slot), title: slot.port, description: leads, icon: <Split size={18} aria-hidden /> };
  });
  if (meeting && meeting.also.length > 0)
    choices.push({ id: MEETING, title: "Where the ways meet again", description: "behind all of them" });
  const pick = (key: string) => {
    if (key === MEETING && meeting) return ask({ kind: "pick", ...meeting });
    const slot = ways.find((way) => edgeKey(way) === key);
    if (slot) ask({ kind: to, slot });
  };
  const title = to === "pick" ? `Add a step in which way of ${nameOf(id)}?` : `Which way of ${nameOf(id)} leads on?`;
  return <Chooser title={title} names={names} find={among(choices)} onPick={pick} onClose={onClose} />;
}
