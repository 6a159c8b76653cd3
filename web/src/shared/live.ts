import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { type LiveState, LiveStream } from "./stream";

async function probe(): Promise<boolean> {
  try {
    const response = await fetch("/v1/session", { credentials: "same-origin", cache: "no-store" });
    return response.status < 500;
  } catch {
    return false;
  }
}

let shared: LiveStream | null = null;

/** The one stream of this tab. A tab in the background lets it go after a while. */
function stream(): LiveStream {
  if (shared) return shared;
  const made = new LiveStream({ open: (url) => new EventSource(url), probe });
  let hide: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hide);
    if (document.visibilityState === "visible") made.rest(false);
    else hide = setTimeout(() => made.rest(true), 60_000);
  });
  shared = made;
  return made;
}

/** How soon after one refreshing the next may begin. */
const pauseMs = 1_000;

/**
 * Reads queries again when what they show has changed on the server. The topics are those of GET
 * /v1/stream, such as `enrollments` or `enrollment:<id>`, each with the keys of the queries that show it.
 */
export function useLive(topics: Record<string, readonly QueryKey[]>) {
  const client = useQueryClient();
  const latest = useRef(topics);
  latest.current = topics;
  const names = Object.keys(topics).sort().join("\n");
  useEffect(() => {
    const waiting = new Map<string, ReturnType<typeof setTimeout> | null>();
    const refresh = (topic: string) => {
      for (const queryKey of latest.current[topic] ?? []) void client.invalidateQueries({ queryKey });
    };
    // At once, and once more at the end of the pause for what came during it.
    const tell = (topic: string) => {
      const planned = waiting.get(topic);
      if (planned === null)
        waiting.set(
          topic,
          setTimeout(() => again(topic), pauseMs),
        );
      else if (planned === undefined) {
        refresh(topic);
        waiting.set(topic, null);
        setTimeout(() => waiting.get(topic) === null && waiting.delete(topic), pauseMs);
      }
    };
    const again = (topic: string) => {
      waiting.delete(topic);
      refresh(topic);
    };
    const stops = names
      .split("\n")
      .filter(Boolean)
      .map((topic) => stream().watch(topic, () => tell(topic)));
    return () => {
      for (const stop of stops) stop();
      for (const timer of waiting.values()) if (timer) clearTimeout(timer);
    };
  }, [client, names]);
}

/** Whether the page hears of changes at the moment. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (tell) => stream().observe(tell),
    () => stream().state,
  );
}
