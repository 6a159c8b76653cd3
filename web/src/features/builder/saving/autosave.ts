import { fingerprint } from "./fingerprint";

/** What the server holds: a draft and the etag that names it. */
export type Held<D> = { etag: string; definition: D };

/** What was written down of unsaved work: the edits, what they began with, and what was on its way. */
export type Kept<D> = Held<D> & { sent: string[] };

/** Why a save did not succeed, as far as it matters here. */
export type Failure =
  /** No answer, or one that says "later": whether it was carried out is not known. */
  | { kind: "offline" }
  /** The draft on the server is not the one that these edits began with. */
  | { kind: "moved" }
  /** It will not be taken as it is. `problem` goes to the person. */
  | { kind: "refused"; problem: unknown };

/** The state of saving one draft. Pure data; `advance` makes the next one. */
export type Saving<D> = {
  /** What the server last confirmed. */
  base: Held<D>;
  /** What is on the screen. */
  local: D;
  /** What is on its way, under its number. */
  sent: { n: number; definition: D } | null;
  /** Numbers of requests, so that an answer to an old one is known as such. */
  n: number;
  /** Fingerprints of what was sent and never answered: it may be what the server holds. */
  uncertain: string[];
  /** Failures without an answer in a row. */
  tries: number;
  /** The other draft, while a person has to choose. */
  theirs: Held<D> | null;
  /** Waits for the other draft to be read. */
  asking: boolean;
  problem: unknown;
  /** When the oldest edit that is not saved was made, in milliseconds. */
  since: number | null;
};

export type Occurrence<D> =
  | { type: "edited"; definition: D; at: number }
  | { type: "due" }
  /** A person asks to try what was refused once more. */
  | { type: "again" }
  | { type: "saved"; n: number; etag: string }
  | { type: "failed"; n: number; failure: Failure }
  | { type: "found"; theirs: Held<D> }
  | { type: "not found"; failure: Failure }
  | { type: "chosen"; keep: "mine" | "theirs" };

export type Command<D> =
  | { type: "put"; n: number; etag: string; definition: D }
  | { type: "ask" }
  /** Say `due` after so many milliseconds, instead of any time said before. */
  | { type: "wait"; ms: number }
  /** Write down what is not saved, so that it outlives the page; or that everything is. */
  | { type: "keep"; kept: Kept<D> }
  | { type: "forget" }
  /** Put this on the screen. */
  | { type: "show"; definition: D };

/** The next state, and what must be done. */
export type Step<D> = [Saving<D>, Command<D>[]];

export type Status = "saved" | "saving" | "offline" | "conflict" | "refused";

/** How long typing may rest before it is saved, and how long it may last unsaved. */
export const settle = 600;
export const longest = 5_000;
const maxUncertain = 8;

/** Begins with what the server holds and, when some of it was never saved, what was kept. */
export function begin<D>(held: Held<D>, kept?: Kept<D> | null): Step<D> {
  const fresh: Saving<D> = {
    base: held,
    local: held.definition,
    sent: null,
    n: 0,
    uncertain: [],
    tries: 0,
    theirs: null,
    asking: false,
    problem: null,
    since: null,
  };
  if (!kept) return [fresh, []];
  if (same(kept.definition, held.definition)) return [fresh, [{ type: "forget" }]];
  const restored = { ...fresh, local: kept.definition, uncertain: kept.sent, since: 0 };
  const ours = kept.etag === held.etag || kept.sent.includes(fingerprint(held.definition));
  if (ours) return [restored, [keep(restored), { type: "wait", ms: 0 }]];
  return [{ ...restored, base: kept, theirs: held }, []];
}

/** Folds one occurrence into the state and says what must be done next. */
export function advance<D>(s: Saving<D>, o: Occurrence<D>): Step<D> {
  switch (o.type) {
    case "edited":
      return edited(s, o.definition, o.at);
    case "due":
      return due(s);
    case "again":
      return due({ ...s, problem: null });
    case "saved":
      return o.n === s.sent?.n ? saved(s, s.sent.definition, o.etag) : [s, []];
    case "failed":
      return o.n === s.sent?.n ? failed(s, s.sent.definition, o.failure) : [s, []];
    case "found":
      return found(s, o.theirs);
    case "not found":
      return s.asking ? again({ ...s, asking: false }, o.failure) : [s, []];
    case "chosen":
      return s.theirs ? chosen(s, s.theirs, o.keep) : [s, []];
  }
}

/** Whether everything on the screen is known to be on the server. */
export function clean<D>(s: Saving<D>): boolean {
  return !s.sent && !s.theirs && s.since === null;
}

export function statusOf<D>(s: Saving<D>): Status {
  if (s.theirs) return "conflict";
  if (s.problem) return "refused";
  if (s.tries > 0) return "offline";
  return clean(s) ? "saved" : "saving";
}

const same = (a: unknown, b: unknown) => a === b || fingerprint(a) === fingerprint(b);

/** Whether the server holds something that this page sent, or began with. */
function isOurs<D>(s: Saving<D>, held: Held<D>): boolean {
  const print = fingerprint(held.definition);
  return print === fingerprint(s.base.definition) || s.uncertain.includes(print);
}

function keep<D>(s: Saving<D>): Command<D> {
  const onItsWay = s.sent ? [fingerprint(s.sent.definition)] : [];
  return { type: "keep", kept: { etag: s.base.etag, definition: s.local, sent: [...onItsWay, ...s.uncertain] } };
}

function edited<D>(s: Saving<D>, definition: D, at: number): Step<D> {
  if (definition === s.local) return [s, []];
  const since = s.since ?? at;
  const next = { ...s, local: definition, since, problem: null };
  if (s.theirs || s.sent || s.asking || s.tries > 0) return [next, [keep(next)]];
  return [next, [keep(next), { type: "wait", ms: Math.max(0, Math.min(settle, since + longest - at)) }]];
}

function due<D>(s: Saving<D>): Step<D> {
  if (s.theirs || s.sent || s.asking || s.problem || s.since === null) return [s, []];
  if (s.uncertain.length === 0 && same(s.local, s.base.definition)) return settled(s);
  const n = s.n + 1;
  const next = { ...s, n, sent: { n, definition: s.local } };
  return [next, [keep(next), { type: "put", n, etag: s.base.etag, definition: s.local }]];
}

function settled<D>(s: Saving<D>): Step<D> {
  return [{ ...s, since: null, tries: 0, problem: null, uncertain: [] }, [{ type: "forget" }]];
}

function saved<D>(s: Saving<D>, definition: D, etag: string): Step<D> {
  const next = { ...s, base: { etag, definition }, sent: null, tries: 0, problem: null, uncertain: [] };
  if (same(s.local, definition)) return settled(next);
  return [next, [keep(next), { type: "wait", ms: settle }]];
}

function failed<D>(s: Saving<D>, definition: D, failure: Failure): Step<D> {
  const next = { ...s, sent: null };
  if (failure.kind === "moved") return [{ ...next, asking: true }, [{ type: "ask" }]];
  if (failure.kind === "offline") {
    const print = fingerprint(definition);
    next.uncertain = [print, ...s.uncertain.filter((p) => p !== print)].slice(0, maxUncertain);
  }
  return again(next, failure);
}

/** Tries again later, or leaves it to the person. */
function again<D>(s: Saving<D>, failure: Failure): Step<D> {
  if (failure.kind === "refused") return [{ ...s, tries: 0, problem: failure.problem }, []];
  const tries = s.tries + 1;
  return [{ ...s, tries }, [{ type: "wait", ms: Math.min(30_000, 1000 * 2 ** (tries - 1)) }]];
}

/** Compares what the server holds now: our own, unchanged, or somebody else's. */
function found<D>(s: Saving<D>, theirs: Held<D>): Step<D> {
  if (s.sent) return [s, []];
  const heard = { ...s, asking: false, tries: 0 };
  if (s.theirs) return [{ ...heard, theirs }, []];
  if (same(theirs.definition, s.local)) return settled({ ...heard, base: theirs });
  if (s.since === null) {
    const adopted = { ...heard, base: theirs, local: theirs.definition };
    return [adopted, [{ type: "show", definition: theirs.definition }]];
  }
  if (!isOurs(s, theirs)) return [{ ...heard, theirs }, []];
  const next = { ...heard, base: theirs };
  return [next, [keep(next), { type: "wait", ms: 0 }]];
}

function chosen<D>(s: Saving<D>, theirs: Held<D>, which: "mine" | "theirs"): Step<D> {
  const next = { ...s, base: theirs, theirs: null, tries: 0, problem: null, uncertain: [] };
  if (which === "mine") return [{ ...next, since: s.since ?? 0 }, [keep(next), { type: "wait", ms: 0 }]];
  return [
    { ...next, local: theirs.definition, since: null },
    [{ type: "forget" }, { type: "show", definition: theirs.definition }],
  ];
}
