import { expect, test } from "vitest";
import { look, signIn, Window } from "./browser";
import { openBuilder } from "./builder";
import { until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();

type Leaving = { count: number; limit: number; decide: boolean; spread: string | null };
type Sample = { contact: { email: string }; node: string; class: string; way: string; fires_now: boolean };
type Preview = {
  in_flight: { stay: number; migrate: number; exit: number };
  nodes: { node: string; waiting: number; becomes: string | null; fires_now: number; class: string; way: string }[];
  samples: Sample[];
  leaving: Leaving;
};
type Person = { id: string; version: number; status: string; moving_to: number | null };
type Job = { id: string; status: string; done: number; total: number };

test("many people inside: what happens to each is counted, a blast is spread, and the move is seen and canceled", async () => {
  const { program } = stage;
  const many = 130;
  const letter = { type: "tag_add", name: "Tag as regular", with: { tag: "regular" }, next: "done" };
  const drawn = (rest: string, more: Record<string, unknown>) => ({
    schema: 1,
    key: "large",
    name: "Large",
    triggers: [{ id: "joined", event: "shop.joined" }],
    start: "kind",
    nodes: {
      kind: {
        type: "branch",
        name: "New or not",
        with: { branches: [{ id: "fresh", when: { field: "trigger.fresh", op: "eq", value: true } }] },
        next: { fresh: "welcome", else: "rest" },
      },
      rest: { type: "wait", name: "Rest", with: { for: rest }, next: "letter" },
      ...more,
      letter,
      done: { type: "end" },
    },
  });
  const welcome = { welcome: { type: "wait", name: "Welcome time", with: { for: "30d" }, next: "letter" } };
  await program.call("PUT", "/v1/workflows/large", drawn("30d", welcome));
  await program.call("POST", "/v1/workflows/large/publish", {});
  await program.call("POST", "/v1/events", {
    events: Array.from({ length: many }, (_, i) => ({
      type: "shop.joined",
      contact: { email: `m${i}@example.com` },
      data: { fresh: i % 10 === 0 },
    })),
  });
  const all = async () => {
    const people: Person[] = [];
    for (let cursor = ""; ; ) {
      const path = `/v1/enrollments?workflow=large&limit=100${cursor && `&cursor=${cursor}`}`;
      const page = await program.call<{ items: Person[]; next: string | null }>("GET", path);
      people.push(...page.items);
      if (page.next === null) return people;
      cursor = encodeURIComponent(page.next);
    }
  };
  await until("all wait", async () => (await all()).filter((e) => e.status === "waiting").length === many);
  const fresh = many / 10;
  const resting = many - fresh;
  // Version 2: who rests has rested long enough, and the welcome time is gone.
  const short = drawn("1s", {});
  (short.nodes.kind as { next: object }).next = { fresh: "letter", else: "rest" };
  await program.call("PUT", "/v1/workflows/large", short);
  const order = { in_flight: "migrate", on_missing: "exit" };
  const foresee = () => program.call<Preview>("POST", "/v1/workflows/large/publish?dry_run=true", order);
  await until("all have rested long enough", async () => (await foresee()).leaving.count === resting);
  const foreseen = await foresee();
  expect(foreseen.in_flight).toEqual({ stay: 0, migrate: resting, exit: fresh });
  expect(foreseen.leaving).toMatchObject({ limit: 100, decide: true });

  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await openBuilder(page, "large");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /^Publish/ });
  await dialog.getByText(`${many} people are inside on an earlier version. They`).waitFor();
  const changes = dialog.getByRole("region", { name: "What differs between version 1 and your draft" });
  for (const text of ["Welcome time", "Rest"]) await changes.getByText(text).first().waitFor();
  await dialog.getByLabel("Go on in the new version").check();
  await dialog.getByLabel("Leave the workflow").check();
  const places = dialog.getByRole("table", { name: "What happens to them" });
  await places.getByRole("row", { name: `Welcome time ${fresh} leave the workflow 0` }).waitFor();
  const rows = await places.getByRole("row").allInnerTexts();
  expect(
    rows
      .slice(1)
      .map((row) => row.split(/\s*\t\s*/).filter((_, i) => i !== 2))
      .sort(),
  ).toEqual(
    foreseen.nodes.map((n) => [n.node === "rest" ? "Rest" : "Welcome time", `${n.waiting}`, `${n.fires_now}`]).sort(),
  );
  await dialog.getByText("Some of them").click();
  for (const one of foreseen.samples)
    await dialog.getByRole("link", { name: one.contact.email, exact: true }).waitFor();

  const guard = dialog.getByRole("group", { name: `${resting} people would go on at once` });
  await guard.waitFor();
  const publish = dialog.getByRole("button", { name: "Publish version 2" });
  expect(await publish.isDisabled(), "nobody has said at which pace").toBe(true);
  await look(page, "publish-guard");
  await guard.getByLabel("Spread them: 100 in 1h").check();
  await guard.getByText("The last of them goes").waitFor();
  await publish.click();
  await dialog.getByText("Version 2 is published.").waitFor();
  const progress = dialog.getByRole("group", { name: "People inside" });
  await progress.getByText(new RegExp(`^\\d+ of ${many} people`)).waitFor();
  const jobs = async () =>
    (await program.call<{ items: Job[] }>("GET", "/v1/jobs?kind=migrate&workflow=large&limit=10")).items;
  await until("those who leave have left", async () => {
    return (await all()).filter((e) => e.status === "exited").length === fresh;
  });
  await progress.getByRole("button", { name: "Cancel the job" }).click();
  await progress.getByText("canceled", { exact: true }).waitFor();
  const [job] = await jobs();
  expect(job?.status).toBe("canceled");
  await progress.getByText(`${job?.done} of ${many} people`).waitFor();
  const left = (await all()).filter((e) => e.version === 1 && e.status === "waiting" && !e.moving_to);
  expect(left.length, "the others stay where they are").toBe(many - (job?.done ?? 0));
  expect(left.length).toBeGreaterThan(resting - 100);
  await dialog.getByRole("button", { name: "Done" }).click();

  // Version 3: nobody who is left is needed any more.
  short.nodes.rest.with.for = "2d";
  await program.call("PUT", "/v1/workflows/large", short);
  await openBuilder(page, "large");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog.getByLabel("Leave now").check();
  await places.getByRole("row", { name: new RegExp(`^Rest ${left.length} leave the workflow`) }).waitFor();
  await dialog.getByRole("button", { name: "Publish version 3" }).click();
  await dialog.getByText("Version 3 is published.").waitFor();
  await until("nobody is inside", async () => {
    const people = await all();
    return people.length === many && people.every((e) => e.status === "exited" || e.status === "completed");
  });
  const ended = (await all()).filter((e) => e.status === "exited").length;
  expect(ended).toBe(fresh + left.length);
  window.check();
  await window.close();
});
