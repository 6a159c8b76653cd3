/** How the page hears of changes: by the stream, not yet (again), by asking every few seconds, or not at all. */
export type LiveState = "idle" | "live" | "reconnecting" | "polling" | "offline";

/** What of an EventSource is used here. */
export type Source = {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: Event) => void): void;
  close(): void;
};

export type StreamOptions = {
  open: (url: string) => Source;
  /** Whether the server answers at all. */
  probe: () => Promise<boolean>;
  pollMs?: number;
  retryMs?: number;
};

const closed = 2;

/** Topics that one stream takes; the server refuses more. */
const maxTopics = 20;

/**
 * One connection for all that a tab shows. Topics may come and go; the stream is then opened anew and goes
 * on where it was, by the id of its last event. While there is none, everybody is told to look again every
 * pollMs.
 */
export class LiveStream {
  private readonly topics = new Map<string, Set<() => void>>();
  private readonly watchers = new Set<() => void>();
  private source: Source | null = null;
  private opened = "";
  private lastId = "";
  private settle: ReturnType<typeof setTimeout> | undefined;
  private poll: ReturnType<typeof setInterval> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private resting = false;
  state: LiveState = "idle";

  constructor(private readonly options: StreamOptions) {}

  /** Calls onChange whenever a topic looks different, until the returned function is called. */
  watch(topic: string, onChange: () => void): () => void {
    const listeners = this.topics.get(topic) ?? new Set();
    this.topics.set(topic, listeners.add(onChange));
    this.rearrange();
    return () => {
      listeners.delete(onChange);
      if (listeners.size === 0 && this.topics.get(topic) === listeners) this.topics.delete(topic);
      this.rearrange();
    };
  }

  /** Calls onState when the state changes. */
  observe(onState: () => void): () => void {
    this.watchers.add(onState);
    return () => {
      this.watchers.delete(onState);
    };
  }

  /** Lets the connection go while nobody looks, and takes it up again. */
  rest(resting: boolean) {
    if (this.resting === resting) return;
    this.resting = resting;
    if (!resting && this.topics.size > 0 && this.state === "polling") this.tellAll();
    this.rearrange();
  }

  /** Several topics come and go together when a page changes; they are settled as one. */
  private rearrange() {
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.connect(), 50);
  }

  private connect() {
    const wanted = this.resting ? [] : [...this.topics.keys()].sort().slice(0, maxTopics);
    const query = wanted.map((t) => `topic=${encodeURIComponent(t)}`).join("&");
    if (query === this.opened && this.source && this.source.readyState !== closed) return;
    this.drop();
    this.opened = query;
    if (!query) {
      this.stopPolling();
      this.become("idle");
      return;
    }
    const resume = this.lastId ? `&last_event_id=${encodeURIComponent(this.lastId)}` : "";
    if (this.state === "idle") this.become("reconnecting");
    const source = this.options.open(`/v1/stream?${query}${resume}`);
    this.source = source;
    source.addEventListener("changed", (e) => this.onChanged(e));
    source.addEventListener("ready", (e) => this.onReady(e));
    source.addEventListener("error", () => this.onError(source));
  }

  private drop() {
    clearTimeout(this.again);
    this.source?.close();
    this.source = null;
  }

  private onChanged(event: Event) {
    const topic = this.read(event).topic;
    if (typeof topic === "string") for (const tell of this.topics.get(topic) ?? []) tell();
  }

  private onReady(event: Event) {
    const { resumed } = this.read(event);
    this.stopPolling();
    this.become("live");
    if (resumed !== true) this.tellAll();
  }

  private read(event: Event): Record<string, unknown> {
    if (!(event instanceof MessageEvent)) return {};
    if (event.lastEventId) this.lastId = event.lastEventId;
    try {
      const data: unknown = JSON.parse(String(event.data));
      return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
    } catch {
      return {};
    }
  }

  /** A browser comes back by itself after a cut, but gives up for good when it is refused. */
  private onError(source: Source) {
    if (source !== this.source) return;
    this.startPolling();
    if (this.state === "live") this.become("reconnecting");
    if (source.readyState !== closed) return;
    this.drop();
    this.again = setTimeout(() => this.connect(), this.options.retryMs ?? 15_000);
  }

  private startPolling() {
    this.poll ??= setInterval(() => void this.pollOnce(), this.options.pollMs ?? 5_000);
  }

  private stopPolling() {
    clearInterval(this.poll);
    this.poll = undefined;
  }

  private async pollOnce() {
    const answers = await this.options.probe();
    if (!this.poll) return;
    this.become(answers ? "polling" : "offline");
    if (answers) this.tellAll();
  }

  private tellAll() {
    for (const listeners of this.topics.values()) for (const tell of listeners) tell();
  }

  private become(state: LiveState) {
    if (this.state === state) return;
    this.state = state;
    for (const tell of this.watchers) tell();
  }
}
