import { expect, test } from "vitest";
import { look, signIn, Window } from "./browser";
import { openBuilder, step } from "./builder";
import { Stage } from "./stage";

const stage = Stage.set();

const big = { type: "form.submitted", data: { amount: 900 } };
const contact = { email: "ana@example.com" };

test("the canvas shows what no test walks, the way of a test, and where a failing one left its path", async () => {
  const { program } = stage;
  await program.call("PUT", "/v1/workflows/voucher", {
    schema: 1,
    key: "voucher",
    name: "Voucher",
    triggers: [{ id: "asked", event: "form.submitted" }],
    start: "size",
    nodes: {
      size: {
        type: "branch",
        name: "A big one?",
        with: { branches: [{ id: "yes", when: { field: "trigger.amount", op: "gte", value: 500 } }] },
        next: { yes: "large", else: "small" },
      },
      large: { type: "tag_add", name: "Mark as large", with: { tag: "large" }, next: "done" },
      small: { type: "tag_add", name: "Mark as small", with: { tag: "small" }, next: "quiet" },
      done: { type: "end", name: "Done", with: { outcome: "success" } },
      quiet: { type: "end", name: "Quiet end", with: { outcome: "neutral" } },
    },
    tests: [
      { name: "a big one", contact, trigger: big, expect: { path: ["size", "large", "done"] } },
      { name: "taken for small", contact, trigger: big, expect: { path: ["size", "small", "quiet"] } },
    ],
  });
  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await openBuilder(page, "voucher");
  await page.getByRole("tab", { name: "Test", exact: true }).click();
  const tests = page.getByRole("region", { name: "Tests of the definition" });
  await tests.getByText("1 of 2 tests fails.").waitFor();

  const missed = page.locator("path[class*=edge_missed]");
  for (const name of ["Mark as small", "Quiet end"])
    await step(page, `${name}, No test comes here, not tested`).waitFor();
  await step(page, "A big one\\?, No test leaves by “else”, tested in part").waitFor();
  expect(await missed.count()).toBe(2);
  await look(page, "tests");
  await page.goto("/workflows/voucher?tab=test&view=canvas");
  await tests.getByText("1 of 2 tests fails.").waitFor();

  await tests.getByRole("button", { name: "taken for small" }).click();
  await step(page, "Mark as large, Came instead of Mark as small, the path diverged").waitFor();
  await step(page, "Mark as small, Expected as step 2, expected").waitFor();
  expect(await missed.count()).toBe(0);
  expect(await page.locator("path[class*=edge_travelled]").count()).toBe(3);
  await look(page, "tests-diverged");

  await tests.getByRole("button", { name: "a big one", exact: true }).click();
  await step(page, "Mark as large, .*done").waitFor();
  await step(page, "Mark as small, (?!Expected)").waitFor();
  await tests.getByRole("button", { name: "a big one", exact: true }).click();
  await step(page, "Quiet end, No test comes here").waitFor();
  await tests.getByLabel("Draw them on the canvas").uncheck();
  await step(page, "Quiet end, No test comes here").waitFor({ state: "detached" });
  expect(await missed.count()).toBe(0);
  window.check();
  await window.close();
});
