import { expect } from "vitest";
import type { Window } from "../browser";
import { openBuilder, state } from "../builder";
import type { Program } from "../program";
import { keepsFocus, leave, lookAt } from "./look";
import { every } from "./world";

/** What a screen reader is told of the draft, without anybody asking: it stands in a live region. */
async function told(window: Window, words: "Saved" | "Conflict" | "Offline"): Promise<void> {
  const one = state(window.page, words);
  await one.waitFor();
  expect(await one.getAttribute("role")).toBe("status");
}

/** Takes the builder through what its header and banners tell: what is wrong in any of them. */
export async function tellAll(window: Window, program: Program): Promise<string[]> {
  const { page } = window;
  const found: string[] = [];
  await page.goto("/workflows/course?version=1");
  await page.getByText("Nothing can be changed here.").waitFor();
  found.push(...(await lookAt(page, "an old version", "#root")));
  await program.call("POST", "/v1/workflows/course/pause", {});
  await page.goto("/workflows/course");
  const resume = page.getByRole("button", { name: "Resume …" });
  await resume.click();
  const asked = page.getByRole("dialog");
  await asked.waitFor();
  found.push(...(await lookAt(page, "resume")), ...(await leave(page, asked, resume, "resume")));
  found.push(...(await lookAt(page, "a pause", "#root")));
  await program.call("POST", "/v1/workflows/course/resume", {});

  const press = (name: string) => page.getByRole("button", { name, exact: true }).first().click();
  await openBuilder(page, "every?view=outline");
  await page.locator('button[data-step="tag_add"]').click();
  await press("Delete");
  await page.locator("[data-portal]").getByRole("alert").first().waitFor();
  found.push(...(await lookAt(page, "a message")));
  await told(window, "Saved");
  window.allow(/Failed to load resource/);
  await page.route("**/v1/workflows/every", (route) => route.abort());
  await press("Undo");
  await told(window, "Offline");
  found.push(...(await lookAt(page, "offline", "#root")));
  await program.call("PUT", "/v1/workflows/every", { ...(await every(program)), name: "Changed elsewhere" });
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await told(window, "Conflict");
  found.push(...(await lookAt(page, "a conflict", "#root")));
  const compare = page.getByRole("alert").getByRole("button", { name: "Compare" });
  await compare.click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  found.push(...(await lookAt(page, "compare")));
  if (!(await keepsFocus(page, dialog))) found.push("compare lets the focus out");
  return [...found, ...(await leave(page, dialog, compare, "compare"))];
}
