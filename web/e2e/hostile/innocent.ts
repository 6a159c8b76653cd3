import type { Page } from "playwright-core";

/**
 * What stands in a page and can only have come out of a text: elements and attributes of the
 * corpus that the page itself never makes. They do harm even where the policy keeps them from
 * running, and this tells of them as well.
 */
export function foreignMarkup(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const one of document.querySelectorAll("*")) {
      const own = one instanceof HTMLScriptElement && new URL(one.src || "about:blank").origin === location.origin;
      const odd = /^(script|math|mglyph|base|object|embed)$/i.test(one.tagName) && !own;
      if (odd) found.push(one.outerHTML);
      if (one instanceof HTMLStyleElement && one.textContent?.includes("data:text/css")) found.push(one.outerHTML);
      for (const { name, value } of one.attributes) {
        const runs = /^on/i.test(name) || name === "srcdoc" || /^\s*javascript:/i.test(value);
        const plain = /^(aria-|title$|value$|placeholder$|name$|id$|for$|alt$|data-)/.test(name);
        if (runs && !plain) found.push(`${one.tagName} ${name}=${value}`);
      }
    }
    return found.map((markup) => `${location.pathname}${location.search}: ${markup.slice(0, 200)}`);
  });
}

/** Whether a page shows a text of the corpus, be it in a field. */
export function showsTexts(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const fields = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")];
    return [document.body.innerText, ...fields.map((field) => field.value)].some((text) => text.includes("xss()"));
  });
}

/** Opens whatever is folded in a page and holds no menu. */
export async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => {
    const folded = "main [aria-expanded=false], aside [aria-expanded=false]";
    for (const one of document.querySelectorAll<HTMLElement>(folded))
      if (!one.matches("[role=combobox], [aria-haspopup], input")) one.click();
    for (const one of document.querySelectorAll<HTMLDetailsElement>("details")) one.open = true;
  });
}
