import { expect, test } from "vitest";
import { look, signIn, Window } from "./browser";
import { openBuilder } from "./builder";
import { until } from "./program";
import { serviceOutOfOrder } from "./service";
import { Stage } from "./stage";

const stage = Stage.set();

const service = serviceOutOfOrder();

type Enrollments = { items: { id: string; status: string; workflow: string; wedged?: { cause: string } }[] };
type Workflow = { status: string; paused?: { person: string; reason: string } };

const inside = async (query: string) =>
  (await stage.program.call<Enrollments>("GET", `/v1/enrollments?${query}`)).items;
const enter = (type: string, who: string) =>
  stage.program.call("POST", "/v1/events", { type, contact: { email: `${who}@example.com` } });

test("the circuit breaker pauses a workflow: the page says why, leads to the failures, and lets it go on", async () => {
  const { program } = stage;
  await program.call("PUT", "/v1/workflows/booking", {
    schema: 1,
    key: "booking",
    name: "Booking",
    settings: { breaker: { error_rate: 0.5, min: 3, within: "1h" } },
    triggers: [{ id: "asked", event: "booking.asked" }],
    start: "book",
    nodes: {
      book: { type: "webhook", name: "Book a call", with: { url: service.url }, next: "done" },
      done: { type: "end", with: { outcome: "success" } },
    },
  });
  await program.call("POST", "/v1/workflows/booking/publish", {});
  for (const who of ["ana", "ben", "cleo"]) await enter("booking.asked", who);
  const workflow = () => program.call<Workflow>("GET", "/v1/workflows/booking");
  await until("the breaker has opened", async () => (await workflow()).status === "paused");
  const { paused } = await workflow();
  expect(paused?.person).toBe("circuit breaker");
  await enter("booking.asked", "dan");

  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await page.goto("/workflows");
  await page.getByRole("row").filter({ hasText: "Booking" }).getByText("paused").waitFor();
  await openBuilder(page, "booking");
  const banner = page.getByRole("status").filter({ hasText: /^Paused by its circuit breaker\./ });
  await banner.getByText(paused?.reason ?? "no reason").waitFor();
  await look(page, "breaker");
  await banner.getByRole("link", { name: "Its failures" }).click();
  const group = page.getByRole("article", { name: /^Book a call failed/ });
  await group.getByText("3 enrollments").waitFor();

  service.mended = true;
  await openBuilder(page, "booking");
  await banner.getByRole("button", { name: "Resume …" }).click();
  const resuming = page.getByRole("dialog", { name: "Resume “Booking”" });
  await resuming.getByText(/^Inside now: /).waitFor();
  await resuming.getByRole("button", { name: "Resume", exact: true }).click();
  await banner.waitFor({ state: "detached" });
  expect((await workflow()).status).toBe("active");
  await until("who came during the pause goes on", async () => {
    return (await inside("workflow=booking&status=completed")).length === 1;
  });
  await page.goto("/failures?workflow=booking");
  await group.getByRole("button", { name: "Retry all 3" }).click();
  const dialog = page.getByRole("dialog", { name: /^Retry: Book a call/ });
  await dialog.getByRole("button", { name: "Retry 3" }).click();
  await until("everybody has completed", async () => {
    return (await inside("workflow=booking&status=completed")).length === 4;
  });
  expect((await workflow()).status, "it counts anew after it was resumed").toBe("active");
  window.check();
  await window.close();
});
