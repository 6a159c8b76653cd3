/**
 * Immediate dominators: for each node the last one that every way from the root to it passes. After Cooper,
 * Harvey and Kennedy, "A Simple, Fast Dominance Algorithm". `order` is a reverse postorder that begins with the
 * root; `before` gives the sources of the edges into a node. The root has no entry in the answer.
 */
export function dominators(order: readonly string[], before: (id: string) => Iterable<string>): Map<string, string> {
  const rank = new Map(order.map((id, i) => [id, i]));
  const idom: number[] = [0];
  const meet = (a: number, b: number): number => {
    let [x, y] = [a, b];
    while (x !== y) {
      while (x > y) x = idom[x] ?? 0;
      while (y > x) y = idom[y] ?? 0;
    }
    return x;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 1; i < order.length; i++) {
      let best: number | undefined;
      for (const source of before(order[i] ?? "")) {
        const at = rank.get(source);
        if (at === undefined || idom[at] === undefined) continue;
        best = best === undefined ? at : meet(best, at);
      }
      if (best !== undefined && idom[i] !== best) {
        idom[i] = best;
        changed = true;
      }
    }
  }
  return new Map(order.slice(1).map((id, i) => [id, order[idom[i + 1] ?? 0] ?? ""]));
}

/** Reverse postorder from a root: what comes later in the flow stands later; `after` gives targets in reading order. */
export function reversePostorder(root: string, after: (id: string) => readonly string[]): string[] {
  const seen = new Set([root]);
  const done: string[] = [];
  const stack: { id: string; left: string[] }[] = [{ id: root, left: [...after(root)] }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const next = top.left.pop();
    if (next === undefined) {
      done.push(top.id);
      stack.pop();
    } else if (!seen.has(next)) {
      seen.add(next);
      stack.push({ id: next, left: [...after(next)] });
    }
  }
  return done.reverse();
}
