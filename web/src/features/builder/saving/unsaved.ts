import type { Kept } from "./autosave";

/** What localStorage can do, as far as it is used here. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

type Entry<D> = { page: string; at: number; definition: D; sent: string[] };

const prefix = "fermata.unsaved";
const maxAge = 30 * 86_400_000;

/** Unsaved work of one workflow that outlives the page: one entry for each draft that it began with. */
export class Unsaved<D> {
  /** `page` tells the pages that are open on one workflow apart. */
  constructor(
    private readonly shelf: Shelf,
    private readonly workflow: string,
    private readonly page: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** The newest that is left. */
  read(): Kept<D> | null {
    let best: { etag: string; entry: Entry<D> } | null = null;
    for (const [name, entry] of this.entries()) {
      if (this.now() - entry.at > maxAge) this.shelf.removeItem(name);
      else if (!best || entry.at > best.entry.at) best = { etag: name.slice(this.start().length), entry };
    }
    return best && { etag: best.etag, definition: best.entry.definition, sent: best.entry.sent ?? [] };
  }

  /** Takes over what read found, so that it is this page's to forget. */
  adopt(etag: string) {
    const name = this.start() + etag;
    const entry = this.parse(name);
    if (entry) this.put(name, { ...entry, page: this.page });
  }

  write(kept: Kept<D>) {
    const name = this.start() + kept.etag;
    this.clear(name);
    this.put(name, { page: this.page, at: this.now(), definition: kept.definition, sent: kept.sent });
  }

  /** Removes what this page wrote; what another page wrote stays. */
  clear(except?: string) {
    for (const [name, entry] of this.entries()) {
      if (entry.page === this.page && name !== except) this.shelf.removeItem(name);
    }
  }

  private start() {
    return `${prefix}/${this.workflow}/`;
  }

  private put(name: string, entry: Entry<D>) {
    try {
      this.shelf.setItem(name, JSON.stringify(entry));
    } catch {
      // Full or forbidden: the page still warns before it is left with unsaved work.
    }
  }

  private entries(): [string, Entry<D>][] {
    const names = Array.from({ length: this.shelf.length }, (_, i) => this.shelf.key(i) ?? "");
    return names
      .filter((name) => name.startsWith(this.start()))
      .flatMap((name) => {
        const entry = this.parse(name);
        return entry ? [[name, entry] satisfies [string, Entry<D>]] : [];
      });
  }

  private parse(name: string): Entry<D> | null {
    try {
      const entry: unknown = JSON.parse(this.shelf.getItem(name) ?? "null");
      return typeof entry === "object" && entry !== null && "definition" in entry ? (entry as Entry<D>) : null;
    } catch {
      return null;
    }
  }
}
