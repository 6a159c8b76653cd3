import { expect, test } from "vitest";
import { isTyping, isWriting } from "./useKeys";

function made(html: string): Element {
  document.body.innerHTML = html;
  return document.body.firstElementChild as Element;
}

test("undo is the builder's at a switch, a choice and a card, and the browser's where one writes", () => {
  for (const html of [
    '<input type="checkbox" role="switch">',
    '<input type="radio">',
    '<input readonly aria-haspopup="listbox">',
    "<button>Step</button>",
  ])
    expect(isWriting(made(html)), html).toBe(false);
  for (const html of [
    "<input>",
    '<input type="number">',
    "<textarea></textarea>",
    '<div contenteditable="true"></div>',
  ])
    expect(isWriting(made(html)), html).toBe(true);
});

test("letters are not heard at anything that takes them", () => {
  for (const html of ["<input readonly>", '<input type="radio">', "<textarea></textarea>"])
    expect(isTyping(made(html)), html).toBe(true);
  expect(isTyping(made("<button>Step</button>"))).toBe(false);
});
