import { blockOf } from "../block";
import type { Definition, Specs } from "../definition";
import { graphOf } from "../graph";
import { firstPort, targetOf } from "../ports";
import { dropNodes, dropUnreachable, nodeAt, wireAll } from "./wiring";

/** The ports of a step that lead somewhere, the one that removing it keeps by itself first. */
export function keepable(definition: Definition, specs: Specs, id: string): string[] {
  const ports = (graphOf(definition, specs).ports.get(id) ?? []).filter((port) => port.to !== undefined);
  const first = firstPort(nodeAt(definition, id), specs);
  return ports.map((port) => port.port).sort((a, b) => Number(b === first) - Number(a === first));
}

/**
 * Takes one step out: what led to it leads to what follows by the port `keep`, by default the main port or the
 * first that is wired. Steps that only its other ports led to go with it.
 */
export function removeStep(definition: Definition, specs: Specs, id: string, keep?: string): Definition {
  const port = keep ?? keepable(definition, specs, id)[0];
  const target = port === undefined ? undefined : targetOf(definition, specs, { from: id, port });
  return takeOut(definition, specs, new Set([id]), target === id ? undefined : target);
}

/** Takes a step out with the steps of its branches, up to the one where they meet. */
export function removeBlock(definition: Definition, specs: Specs, id: string): Definition {
  nodeAt(definition, id);
  const block = blockOf(graphOf(definition, specs), id);
  return takeOut(definition, specs, new Set(block.ids), block.join);
}

function takeOut(definition: Definition, specs: Specs, ids: ReadonlySet<string>, to?: string): Definition {
  const { incoming } = graphOf(definition, specs);
  const into = [...ids].flatMap((id) => incoming.get(id) ?? []).filter((edge) => !ids.has(edge.from));
  const joined = dropNodes(wireAll(definition, specs, into, to), specs, ids);
  return dropUnreachable(definition, joined, specs);
}
