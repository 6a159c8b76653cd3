import { advance, begin, type Command, clean, type Failure, type Held, type Occurrence, type Saving } from "./autosave";
import type { Unsaved } from "./unsaved";

/** What the driver needs of the world. */
export type Saver<D, A> = {
  /** Stores a draft that was made from the one with this etag. Rejects when it could not. */
  put: (definition: D, etag: string, signal: AbortSignal) => Promise<{ etag: string; answer: A }>;
  get: (signal: AbortSignal) => Promise<Held<D> & { answer: A }>;
  /** What a rejection means. */
  classify: (reason: unknown) => Failure;
  unsaved: Unsaved<D>;
  /** Puts a draft on the screen that did not come from it. */
  show: (definition: D) => void;
  /** Hears what the server says of the draft that it holds now. */
  heard: (answer: A) => void;
  now?: () => number;
};

const patience = 20_000;

/** Carries out what `advance` asks for: one request at a time, timers, the shelf. */
export class Autosaver<D, A> {
  private state: Saving<D>;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly stop = new AbortController();

  constructor(
    held: Held<D>,
    private readonly saver: Saver<D, A>,
  ) {
    const kept = saver.unsaved.read();
    const [state, commands] = begin(held, kept);
    this.state = state;
    if (kept) saver.unsaved.adopt(kept.etag);
    for (const command of commands) this.carryOut(command);
  }

  readonly snapshot = () => this.state;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  edited(definition: D) {
    this.tell({ type: "edited", definition, at: (this.saver.now ?? Date.now)() });
  }

  /** Saves at once what waits: the network is back, or the page is about to be hidden. */
  hurry() {
    this.tell({ type: "due" });
  }

  /** Tries once more, also what was refused. */
  retry() {
    this.tell({ type: "again" });
  }

  choose(keep: "mine" | "theirs") {
    this.tell({ type: "chosen", keep });
  }

  /** Looks whether the draft was changed elsewhere, when nothing of ours is open, or a person compares. */
  async check() {
    if (clean(this.state) || this.state.theirs) await this.ask(false);
  }

  /** Resolves when everything is saved; rejects with why it cannot be. */
  async flush(): Promise<void> {
    this.hurry();
    while (!clean(this.state)) {
      if (this.state.theirs) throw new Error("The draft was changed elsewhere. Choose first which one to keep.");
      if (this.state.problem) throw this.state.problem;
      if (this.state.tries > 0) throw new Error("The draft could not be saved yet. It is tried again by itself.");
      await new Promise<void>((resolve) => {
        const off = this.subscribe(() => {
          off();
          resolve();
        });
      });
      if (!this.state.sent && !this.state.asking && this.state.tries === 0) this.hurry();
    }
  }

  close() {
    clearTimeout(this.timer);
    this.stop.abort();
    this.listeners.clear();
  }

  private tell(occurrence: Occurrence<D>) {
    if (this.stop.signal.aborted) return;
    const [state, commands] = advance(this.state, occurrence);
    const changed = state !== this.state;
    this.state = state;
    for (const command of commands) this.carryOut(command);
    if (changed) for (const listener of this.listeners) listener();
  }

  private carryOut(command: Command<D>) {
    switch (command.type) {
      case "put":
        void this.put(command.n, command.definition, command.etag);
        break;
      case "ask":
        void this.ask(true);
        break;
      case "wait":
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.tell({ type: "due" }), command.ms);
        break;
      case "keep":
        this.saver.unsaved.write(command.kept);
        break;
      case "forget":
        this.saver.unsaved.clear();
        break;
      case "show":
        this.saver.show(command.definition);
        break;
    }
  }

  private async put(n: number, definition: D, etag: string) {
    try {
      const { etag: next, answer } = await this.saver.put(definition, etag, this.limit());
      if (!this.stop.signal.aborted && this.state.sent?.n === n) this.saver.heard(answer);
      this.tell({ type: "saved", n, etag: next });
    } catch (reason) {
      this.tell({ type: "failed", n, failure: this.saver.classify(reason) });
    }
  }

  private async ask(report: boolean) {
    try {
      const { answer, ...theirs } = await this.saver.get(this.limit());
      if (!this.stop.signal.aborted && clean(this.state)) this.saver.heard(answer);
      this.tell({ type: "found", theirs });
    } catch (reason) {
      if (report) this.tell({ type: "not found", failure: this.saver.classify(reason) });
    }
  }

  /** Ends a request with the page, or when nobody has answered for long. */
  private limit(): AbortSignal {
    return AbortSignal.any([this.stop.signal, AbortSignal.timeout(patience)]);
  }
}
