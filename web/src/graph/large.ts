import type { Definition, NodeDef } from "./definition";
import { branchOf, flow, step } from "./fixtures";

/** A definition of so many steps with branches, waits, errors and joins in it; for tests of speed. */
export function large(count: number): Definition {
  const nodes: Record<string, NodeDef> = {};
  const ids = Array.from({ length: count }, (_, i) => `s${i}`);
  const at = (i: number) => ids[Math.min(i, count - 1)] ?? "";
  for (let i = 0; i < count; i += 10) {
    const tail = i + 10 < count ? at(i + 10) : undefined;
    const block: NodeDef[] = [
      step("email", at(i + 1), { template: `mail-${i}` }),
      branchOf({ a: at(i + 2), b: at(i + 5), else: at(i + 7) }, "a", "b"),
      step("wait", at(i + 3), { for: "1d" }),
      step("webhook", { ok: at(i + 4), error: at(i + 8) }, { url: "https://a.example" }),
      step("tag_add", at(i + 8), { tag: "x" }),
      step("email", at(i + 6), { template: "b" }),
      step("wait", at(i + 8), { for: "2d" }),
      step("email", at(i + 8), { template: "c" }),
      step("wait", at(i + 9), { for: "3d" }),
      step("email", tail, { template: "d" }),
    ];
    for (const [k, node] of block.entries()) if (i + k < count) nodes[at(i + k)] = node;
  }
  return flow(nodes, { triggers: [{ id: "signed", event: "contract.signed" }] });
}
