import type { Rect } from "./routes";
import { size } from "./size";

/** Finds room beside the cards for ways that lead elsewhere, each in a lane of its own. */
export class Aside {
  private count = 0;
  private readonly rects: readonly Rect[];
  private readonly noted: ReadonlySet<Rect | undefined>;
  constructor(steps: ReadonlyMap<string, Rect>, notes: ReadonlyMap<string, Rect>) {
    this.rects = [...steps.values(), ...notes.values()];
    this.noted = new Set([...notes.keys()].map((id) => steps.get(id)));
  }

  /** The x of a lane that passes everything between two cards, and the x of the edge of the target on that side. */
  pick(from: Rect, to: Rect, x: number): [side: number, edge: number] {
    const top = Math.min(from.y, to.y);
    const bottom = Math.max(from.y + from.height, to.y + to.height) + 2 * size.below;
    let [left, right] = [to.x, to.x + to.width];
    for (const rect of this.rects) {
      if (rect.y > bottom || rect.y + rect.height < top) continue;
      left = Math.min(left, rect.x);
      right = Math.max(right, rect.x + rect.width);
    }
    const room = size.lane * (1 + (this.count++ % 6));
    const nearer = right - x + (right - to.x - to.width) <= x - left + (to.x - left);
    // Right of the target stands its note.
    const goesRight = nearer && !this.noted.has(to);
    return goesRight ? [Math.max(right, x) + room, to.x + to.width] : [Math.min(left, x) - room, to.x];
  }
}
