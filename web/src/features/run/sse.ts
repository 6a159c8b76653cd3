export type ServerEvent = { event: string; data: string };

/** Takes server-sent events out of a text that comes in pieces; `rest` is what has not ended yet. */
export function takeEvents(text: string): { events: ServerEvent[]; rest: string } {
  const blocks = text.replaceAll("\r\n", "\n").split("\n\n");
  const rest = blocks.pop() ?? "";
  const events: ServerEvent[] = [];
  for (const block of blocks) {
    let event = "message";
    const data: string[] = [];
    for (const line of block.split("\n")) {
      const [, name, value = ""] = line.match(/^([a-z]+):? ?(.*)$/s) ?? [];
      if (name === "event") event = value;
      if (name === "data") data.push(value);
    }
    if (data.length > 0) events.push({ event, data: data.join("\n") });
  }
  return { events, rest };
}

/** Reads the events of an answer as they come. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  const reader = response.body?.getReader();
  if (!reader) return;
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    const taken = takeEvents(rest + (value ? decoder.decode(value, { stream: true }) : ""));
    rest = taken.rest;
    yield* taken.events;
    if (done) return;
  }
}
