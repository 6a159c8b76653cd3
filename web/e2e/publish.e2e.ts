import { test } from "vitest";
import { signIn, Window } from "./browser";
import { openBuilder } from "./builder";
import { until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();

test("a version is published over people who wait: they are moved by a map, and it is seen how", async () => {
  const { program } = stage;
  const drawn = (rest: string, length: string) => ({
    schema: 1,
    key: "moving",
    name: "Moving",
    triggers: [{ id: "joined", event: "club.joined" }],
    start: rest,
    nodes: {
      [rest]: { type: "wait", name: `Rest of ${length}`, with: { for: length }, next: "done" },
      done: { type: "end" },
    },
  });
  await program.call("PUT", "/v1/workflows/moving", drawn("rest", "3d"));
  await program.call("POST", "/v1/workflows/moving/publish", {});
  for (const who of ["mia", "noa"])
    await program.call("POST", "/v1/events", { type: "club.joined", contact: { email: `${who}@example.com` } });
  type Enrollments = { items: { version: number; node: string; status: string }[] };
  const inside = async () => (await program.call<Enrollments>("GET", "/v1/enrollments?workflow=moving")).items;
  await until("two wait", async () => (await inside()).filter((e) => e.status === "waiting").length === 2);
  await program.call("PUT", "/v1/workflows/moving", drawn("longer", "5d"));

  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await openBuilder(page, "moving");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /^Publish/ });
  await dialog.getByText("2 people are inside on an earlier version. They").waitFor();
  await dialog.getByLabel("Go on in the new version").check();
  await dialog.getByRole("combobox", { name: "Who stands in Rest of 3d goes on in" }).click();
  await page.getByRole("option", { name: /Rest of 5d/ }).click();
  const places = dialog.getByRole("table", { name: "What happens to them" });
  await places.getByRole("row").filter({ hasText: "Rest of 5d" }).waitFor();
  await dialog.getByText("No step fires at once.").waitFor();
  await dialog.getByRole("button", { name: "Publish version 2" }).click();
  await dialog.getByText("Version 2 is published.").waitFor();
  await dialog.getByText("2 of 2 people").waitFor();
  await until("two wait in version 2", async () => {
    return (
      (await inside()).filter((e) => e.version === 2 && e.node === "longer" && e.status === "waiting").length === 2
    );
  });
  window.check();
  await window.close();
});
