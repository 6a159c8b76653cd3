import { vi } from "vitest";
import type { Held, Saving } from "./autosave";
import { Autosaver } from "./autosaver";
import { fingerprint } from "./fingerprint";
import { type Shelf, Unsaved } from "./unsaved";

export type Doc = { text: string };

class Refusal extends Error {
  constructor(readonly kind: "moved" | "offline" | "refused") {
    super(kind);
  }
}

type Message = { run: () => () => void; lost: () => void };

class MemoryShelf implements Shelf {
  private readonly map = new Map<string, string>();
  get length() {
    return this.map.size;
  }
  key = (i: number) => [...this.map.keys()][i] ?? null;
  getItem = (k: string) => this.map.get(k) ?? null;
  setItem = (k: string, v: string) => void this.map.set(k, v);
  removeItem = (k: string) => void this.map.delete(k);
}

/** A server, a network that one may disturb, and a page on them. */
export class World {
  server: Held<Doc> = held({ text: "start" });
  readonly shelf = new MemoryShelf();
  screen: Doc = { text: "" };
  network: Message[] = [];
  puts = 0;
  up = true;
  refuse = false;
  /** What other writers saved and this page replaced without having shown it or asked. */
  overwritten: string[] = [];
  private readonly seen = new Set<string>();
  private readonly foreigners = new Set<string>();
  private page: Autosaver<Doc, null> | null = null;
  private pages = 0;
  private texts = 0;
  private past: Doc[] = [];

  saver() {
    if (!this.page) throw new Error("no page is open");
    return this.page;
  }

  state = (): Saving<Doc> => this.saver().snapshot();

  open() {
    this.close();
    this.seen.add(this.server.etag);
    const unsaved = new Unsaved<Doc>(this.shelf, "flow", `page ${++this.pages}`);
    this.page = new Autosaver<Doc, null>(this.server, {
      put: (definition, etag, signal) => this.put(definition, etag, signal),
      get: (signal) => this.get(signal),
      classify: (reason) => {
        const kind = reason instanceof Refusal ? reason.kind : "offline";
        return kind === "refused" ? { kind, problem: "refused" } : { kind };
      },
      unsaved,
      heard: () => {},
      show: (definition) => {
        this.screen = definition;
        this.seen.add(held(definition).etag);
      },
    });
    this.screen = this.state().local;
  }

  close() {
    this.page?.close();
  }

  edit(text = `edit ${++this.texts}`) {
    this.past.push(this.screen);
    this.screen = { text };
    this.saver().edited(this.screen);
  }

  foreign(text = `foreign ${++this.texts}`) {
    this.server = held({ text });
    this.foreigners.add(this.server.etag);
  }

  choose(which: "mine" | "theirs") {
    const theirs = this.state().theirs;
    if (theirs) this.seen.add(theirs.etag);
    this.saver().choose(which);
  }

  async happen(what: string) {
    switch (what) {
      case "edit":
        return this.edit();
      case "undo": {
        const before = this.past.pop();
        if (before) {
          this.screen = before;
          this.saver().edited(before);
        }
        return;
      }
      case "time":
        return void (await vi.advanceTimersByTimeAsync(1000));
      case "answer":
        return this.answerAll();
      case "lose request":
        this.network.shift()?.lost();
        return void (await vi.advanceTimersByTimeAsync(0));
      case "lose answer":
        this.loseAnswers();
        return void (await vi.advanceTimersByTimeAsync(0));
      case "down":
      case "up":
        this.up = what === "up";
        return;
      case "foreign":
        return this.foreign();
      case "check":
        return void this.saver().check();
      case "reload":
        return this.reload();
      case "mine":
      case "theirs":
        return this.choose(what);
    }
  }

  /** The page is loaded again; requests that are on their way still arrive. */
  reload() {
    const dirty = !(this.state().since === null) || this.state().theirs;
    const before = this.screen;
    this.open();
    if (dirty && fingerprint(this.screen) !== fingerprint(before)) this.overwritten.push(`lost ${before.text}`);
  }

  deliverAll() {
    for (const m of this.network.splice(0)) m.run();
  }

  loseAnswers() {
    for (const m of this.network.splice(0)) {
      m.run();
      m.lost();
    }
  }

  async answerAll() {
    for (const m of this.network.splice(0)) m.run()();
    await vi.advanceTimersByTimeAsync(0);
  }

  /** Lets everything run until nothing more happens. */
  async settle() {
    for (let i = 0; i < 12; i++) {
      await this.answerAll();
      await vi.advanceTimersByTimeAsync(31_000);
    }
  }

  private put(definition: Doc, etag: string, signal: AbortSignal) {
    this.puts++;
    return this.request(signal, () => {
      if (this.refuse) throw new Refusal("refused");
      if (etag !== this.server.etag) throw new Refusal("moved");
      const { etag: now } = this.server;
      if (this.foreigners.has(now) && !this.seen.has(now)) this.overwritten.push(this.server.definition.text);
      this.server = held(definition);
      return { etag: this.server.etag, answer: null };
    });
  }

  private get(signal: AbortSignal) {
    return this.request(signal, () => ({ ...this.server, answer: null }));
  }

  private request<T>(signal: AbortSignal, serve: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!this.up) return reject(new Refusal("offline"));
      signal.addEventListener("abort", () => reject(new Refusal("offline")));
      this.network.push({
        lost: () => reject(new Refusal("offline")),
        run: () => {
          try {
            const answer = serve();
            return () => resolve(answer);
          } catch (refusal) {
            return () => reject(refusal);
          }
        },
      });
    });
  }
}

function held(definition: Doc): Held<Doc> {
  return { etag: fingerprint(definition), definition };
}
