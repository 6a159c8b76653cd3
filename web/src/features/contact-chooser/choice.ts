import { useSyncExternalStore } from "react";

const key = "fermata.contact";
const listeners = new Set<() => void>();

/** Only the id is kept in the browser, never a name or an address. */
function read(): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(id: string | null) {
  try {
    if (id) window.localStorage.setItem(key, id);
    else window.localStorage.removeItem(key);
  } catch {
    // A browser that stores nothing forgets the choice with the page.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export const useRememberedId = () => useSyncExternalStore(subscribe, read);
