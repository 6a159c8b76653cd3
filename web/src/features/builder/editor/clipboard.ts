import { type Clip, clipText, readClip } from "@/graph";

// Where the browser keeps the clipboard from pages, copying still works within this one.
let own = "";

/** Puts steps on the system's clipboard, as JSON. */
export async function writeClip(clip: Clip): Promise<void> {
  own = clipText(clip);
  await navigator.clipboard?.writeText(own).catch(() => undefined);
}

/** The steps on the clipboard; undefined when there are none. */
export async function readClipboard(): Promise<Clip | undefined> {
  const text = await navigator.clipboard?.readText?.().catch(() => own);
  return readClip(text ?? own) ?? readClip(own);
}
