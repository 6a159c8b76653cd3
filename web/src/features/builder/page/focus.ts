import type { Selection } from "@/graph";
import { targetName } from "./target";

const fields = "input, textarea, select, [role=combobox], [role=textbox][contenteditable=true]";

/** Puts the focus into the first empty field of the inspector, once it is drawn; the step's own name is left out. */
export function focusFirstEmpty(tries = 40) {
  requestAnimationFrame(() => {
    const panel = document.querySelector("[data-inspector]");
    const all = [...(panel?.querySelectorAll<HTMLElement>(fields) ?? [])].filter(isUsable);
    const found = all.filter((field) => !(field instanceof HTMLInputElement && field.type === "checkbox"));
    if (found.length < 2 && tries > 0) return focusFirstEmpty(tries - 1);
    const [first] = found;
    const settings = first instanceof HTMLInputElement && nameOf(first) === "Name" ? found.slice(1) : found;
    const empty = settings.filter(isEmpty);
    (empty.find((field) => field.ariaRequired === "true") ?? empty[0] ?? settings[0] ?? first)?.focus();
  });
}

const nameOf = (field: HTMLInputElement) => field.labels?.[0]?.textContent?.trim();

function isUsable(field: HTMLElement): boolean {
  const type = field.getAttribute("type");
  return !field.hasAttribute("disabled") && type !== "hidden" && field.offsetParent !== null;
}

function isEmpty(field: HTMLElement): boolean {
  if (field instanceof HTMLInputElement) return !["checkbox", "radio"].includes(field.type) && field.value === "";
  if (field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) return field.value === "";
  return field.textContent?.trim() === "";
}

/** Gives the focus back to what was open in the inspector, on the canvas or in the outline. */
export function focusDrawn(target: Selection) {
  const name = targetName(target);
  const node = "id" in target && target.kind !== "exit" ? `${target.kind}:${target.id}` : "exits";
  const query = `[data-step="${CSS.escape(name)}"], [data-node="${CSS.escape(node)}"]`;
  requestAnimationFrame(() => document.querySelector<HTMLElement>(query)?.focus({ preventScroll: true }));
}

/** Puts the focus on a step, once it is drawn: a card out of sight is there only after the camera came. */
export function focusStep(id: string, tries = 40) {
  const name = CSS.escape(id);
  requestAnimationFrame(() => {
    const card = document.querySelector<HTMLElement>(`[data-step="${name}"], [data-node="step\\:${name}"]`);
    if (card) card.focus();
    else if (tries > 0) focusStep(id, tries - 1);
  });
}

/** Puts the focus into the inspector: on its first field, else on the panel itself. */
export function focusPanel() {
  requestAnimationFrame(() => {
    const panel = document.querySelector<HTMLElement>("[data-inspector]");
    const first = [...(panel?.querySelectorAll<HTMLElement>(fields) ?? [])].find(isUsable);
    (first ?? panel)?.focus();
  });
}
