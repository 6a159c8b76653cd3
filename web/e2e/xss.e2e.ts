import { expect, test } from "vitest";
import { settled, signIn, Window } from "./browser";
import { corpus } from "./corpus";
import { foreignMarkup, showsTexts, unfold } from "./hostile/innocent";
import { kept, others } from "./hostile/operations";
import { outside } from "./hostile/outside";
import { placesOf } from "./hostile/places";
import { writes } from "./hostile/plant";
import { hostileService } from "./hostile/service";
import { addresses, fill, formsOf } from "./hostile/typed";
import { plantAll, type World } from "./hostile/world";
import { Stage } from "./stage";

const stage = Stage.set();
const service = hostileService();
let world: World;

/** A window of the administrator in which no text may run. */
async function opened(): Promise<{ window: Window; run: string[] }> {
  const window = await Window.open(stage.browser, stage.program.url, { reducedMotion: "reduce" });
  const run: string[] = [];
  await window.context.exposeFunction("xss", () => {
    run.push(window.page.url());
  });
  await signIn(window);
  return { window, run };
}

/** The sandboxed frame of a mail refuses what the mail tries, and says so; nothing of that is ours. */
const frames = /\(http:[^ ]*\/frame\)$|^console: Blocked script execution in 'http:[^ ]*\/frame'/;

/** The pages that may show none: they have nothing of somebody else's, or names that take no text. */
const quiet = /^\/(alarms|gallery|contacts\/import|workflows\?view=review|settings\?tab=(secrets|engine))/;

test("every write of the API that takes a text takes the corpus, or refuses it with a word about the place", async () => {
  world = await plantAll(stage.program, service.url);
  const taking = writes(world.document, (most) => (corpus[0] ?? "").slice(0, most)).filter((write) => write.texts > 0);
  expect(taking.map(({ id }) => id).filter((id) => !(id in kept) && !(id in others))).toEqual([]);
  expect([...world.planted].filter(([, texts]) => texts < 1)).toEqual([]);
  expect(Object.keys(kept).filter((id) => !world.planted.has(id))).toEqual([]);
});

test("no text that somebody stored is run, or becomes a part of a page that shows it", async () => {
  const { window, run } = await opened();
  const { page } = window;
  window.allow(frames);
  const foreign: string[] = [];
  const silent: string[] = [];
  for (const { path, width, open } of placesOf(world)) {
    await page.setViewportSize({ width: width ?? 1440, height: 900 });
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).or(page.getByTitle("Rename")).first().waitFor();
    let shown = false;
    const look = async () => {
      await settled(page);
      shown ||= await showsTexts(page);
      foreign.push(...(await foreignMarkup(page)));
    };
    await look();
    await open?.(page, look);
    if (open) await look();
    if (!shown) silent.push(path);
  }
  expect(foreign).toEqual([]);
  expect(run).toEqual([]);
  expect(silent.filter((path) => !quiet.test(path))).toEqual([]);
  await window.close();
});

/** What a page says of a call that was refused, as this story means them to be. */
const refusals = /the server responded with a status of 4(00|01|04|09|10|13|22) /;

test("no text that somebody types into a form or an address is run, or becomes a part of the page", async () => {
  const { window, run } = await opened();
  const { page } = window;
  window.allow(frames, refusals);
  const foreign: string[] = [];
  for (const path of addresses()) {
    await page.goto(path);
    await page.getByRole("heading").first().waitFor();
    foreign.push(...(await foreignMarkup(page)));
  }
  const contact = world.rounds[0]?.contact ?? "";
  for (const { path, press = [], send } of formsOf(contact)) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await settled(page);
    if (press.length > 0) await unfold(page);
    for (const name of press) await page.getByRole("button", { name }).first().click();
    foreign.push(...(await fill(page, page.locator("body"))));
    const button = page.getByRole("button", { name: send ?? "Save", exact: true, disabled: false });
    for (const one of await button.all()) if (await one.isVisible()) await one.click();
    if (send) await settled(page);
    foreign.push(...(await foreignMarkup(page)));
  }
  await page.goto("/contacts/import");
  const csv = `email,"${corpus.join(" ").replaceAll('"', '""')}"\nann@example.com,x\n`;
  await page.locator("input[type=file]").setInputFiles({
    name: "<img src=x onerror=xss()>.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(csv),
  });
  await page.getByRole("alert").waitFor();
  foreign.push(...(await foreignMarkup(page)));
  expect(foreign).toEqual([]);
  expect(run).toEqual([]);
  await window.close();
});

test("what the program shows outside of its page keeps the texts as texts, too", async () => {
  const { window, run } = await opened();
  window.allow(refusals);
  expect(await outside(window, stage.program, world)).toEqual([]);
  expect(run).toEqual([]);
  await window.close();
});
