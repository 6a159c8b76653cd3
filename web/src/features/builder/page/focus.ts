const fields = "input, textarea, select, [role=combobox], [role=textbox][contenteditable=true]";

/** Puts the focus into the first empty field of the inspector, once it is drawn; the step's own name is left out. */
export function focusFirstEmpty(tries = 40) {
  requestAnimationFrame(() => {
    const panel = document.querySelector("[data-inspector]");
    const found = [...(panel?.querySelectorAll<HTMLElement>(fields) ?? [])].filter(isUsable);
    if (found.length < 2 && tries > 0) return focusFirstEmpty(tries - 1);
    const settings = found.filter((field) => !field.closest("[data-own-name]"));
    (settings.find(isEmpty) ?? settings[0] ?? found[0])?.focus();
  });
}

function isUsable(field: HTMLElement): boolean {
  const type = field.getAttribute("type");
  return !field.hasAttribute("disabled") && type !== "hidden" && field.offsetParent !== null;
}

function isEmpty(field: HTMLElement): boolean {
  if (field instanceof HTMLInputElement) return !["checkbox", "radio"].includes(field.type) && field.value === "";
  if (field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) return field.value === "";
  return field.textContent?.trim() === "";
}

/** Puts the focus into the inspector: on its first field, else on the panel itself. */
export function focusPanel() {
  requestAnimationFrame(() => {
    const panel = document.querySelector<HTMLElement>("[data-inspector]");
    const first = [...(panel?.querySelectorAll<HTMLElement>(fields) ?? [])].find(isUsable);
    (first ?? panel)?.focus();
  });
}
