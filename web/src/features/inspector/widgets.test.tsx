import { EditorView } from "@codemirror/view";
import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { Calls, Handlers } from "@/test/server";
import { gapsIn } from "./liquid/gaps";
import { mergeField } from "./liquid/InsertField";
import { withStage } from "./pickers/StageWidget";
import { useAnswers, withAnswers } from "./request/answers";
import { answerPath, bodyAs, bodyFormOf } from "./request/body";
import { openStep, problem, serveForms } from "./testing";

const ana = { id: "c1", first_name: "Ana", last_name: "Berg", email: "ana@example.com", external_id: null };
const people: Handlers = { "GET /v1/contacts": () => ({ items: [ana], next: null }) };

beforeEach(() => {
  localStorage.clear();
});

async function type(label: string, text: string) {
  const box = await screen.findByRole("textbox", { name: label }, { timeout: 15_000 });
  const view = EditorView.findFromDOM(box);
  if (!view) throw new Error(`${label} is no editor`);
  act(() => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }));
  return { box, view };
}

test("a length is a number and a unit, and 90s may be typed", async () => {
  serveForms(people);
  const { seen } = openStep({ type: "wait" });
  await userEvent.type(screen.getByRole("textbox", { name: /Wait for/ }), "90s");
  expect(seen.node.with).toEqual({ for: "90s" });
  expect(seen.typing.every(Boolean)).toBe(true);
  await userEvent.clear(screen.getByRole("textbox", { name: /Wait for/ }));
  expect(seen.node.with).toBeUndefined();
});

test("a wait says when it would be over, with its zone", async () => {
  const calls = serveForms({
    ...people,
    "POST /v1/preview/wait": () => ({
      due_at: "2026-03-09T08:00:00Z",
      local: "Mon 9 Mar 2026 09:00",
      timezone: "Europe/Berlin",
      timezone_source: "contact",
      note: null,
      problems: [],
    }),
  });
  openStep({ type: "wait_until", with: { day: 7, at: "09:00" } });
  expect((await screen.findByText(/Mon 9 Mar 2026 09:00/)).textContent).toBe("Mon 9 Mar 2026 09:00 (Europe/Berlin)");
  await waitFor(() => expect(calls.at(-1)?.body).toMatchObject({ contact: "c1", with: { day: 7, at: "09:00" } }));
});

test("all weekdays are no weekdays, and the last one stays", async () => {
  serveForms(people);
  const { seen } = openStep({ type: "window", with: { weekdays: ["mon"] } });
  await userEvent.click(screen.getByRole("checkbox", { name: "Monday" }));
  expect(seen.node.with).toEqual({ weekdays: ["mon"] });
  await userEvent.click(screen.getByRole("button", { name: "Mon–Fri" }));
  expect(seen.node.with).toEqual({ weekdays: ["mon", "tue", "wed", "thu", "fri"] });
  await userEvent.click(screen.getByRole("button", { name: "Every day" }));
  expect(seen.node.with).toBeUndefined();
});

test("a pipeline that is not there is created in place and taken", async () => {
  const calls: Calls = serveForms({
    ...people,
    "GET /v1/pipelines": () => ({ items: [{ key: "clients", name: "Clients" }], next: null }),
    "POST /v1/pipelines": () => Response.json({ key: "big-deals" }, { status: 201 }),
  });
  const { seen } = openStep({ type: "deal_create" });
  await userEvent.type(screen.getByRole("combobox", { name: /Pipeline/ }), "Big deals");
  await userEvent.click(await screen.findByRole("option", { name: /Create the pipeline big-deals/, hidden: true }));
  expect(seen.node.with).toEqual({ pipeline: "big-deals" });
  await waitFor(() =>
    expect(calls.find((c) => c.call === "POST /v1/pipelines")?.body).toMatchObject({
      key: "big-deals",
      name: "Big deals",
    }),
  );
});

test("a merge field is inserted where the cursor is, with a default", async () => {
  serveForms({
    ...people,
    "GET /v1/workflows/:key/paths": () => ({
      items: [{ path: "contact.first_name", label: "First name", type: "text", sample: "Ana", source: "contact" }],
    }),
    "POST /v1/preview/text": () => ({ text: "Hi Ana", problems: [] }),
  });
  const { seen } = openStep({ type: "notify", with: { to: "owner" } });
  const { box, view } = await type("Subject", "Hi ");
  act(() => view.dispatch({ selection: { anchor: 3 } }));
  expect(box.getAttribute("aria-multiline")).toBe("false");
  await userEvent.click(screen.getByRole("button", { name: "Insert field into Subject" }));
  await userEvent.type(await screen.findByRole("textbox", { name: "Find a field", hidden: true }), "first{Enter}");
  await userEvent.type(
    await screen.findByRole("textbox", { name: /Where First name is missing/, hidden: true }),
    "there",
  );
  await userEvent.keyboard("{Enter}");
  await waitFor(() =>
    expect(seen.node.with).toEqual({ to: "owner", subject: "Hi {{ contact.first_name | default: 'there' }}" }),
  );
  expect((await screen.findByText(/Hi Ana/)).textContent).toContain("For Ana Berg: Hi Ana");
});

test("a field without a value is underlined, and one line stays one line", async () => {
  serveForms({
    ...people,
    "POST /v1/preview/text": () => ({
      text: "Hi ",
      problems: [{ severity: "warning", path: "", message: "contact.nick has no value here", hint: "" }],
    }),
  });
  const { seen } = openStep({ type: "notify", with: { to: "owner" } });
  const { box } = await type("Subject", "Hi\n{{ contact.nick }}");
  expect(seen.node.with).toEqual({ to: "owner", subject: "Hi {{ contact.nick }}" });
  await waitFor(() => expect(box.querySelector(".cm-gap")?.textContent).toBe("contact.nick"), { timeout: 5_000 });
});

test("the mail is shown as the server renders it, and a test goes to a remembered address", async () => {
  const mail = {
    from: "hello@example.com",
    to: ["ana@example.com"],
    cc: [],
    reply_to: "",
    subject: "Welcome, Ana",
    preheader: "",
    html: "<p>Hi Ana</p>",
    text: "Hi Ana",
    attachments: [],
    links: ["https://example.com/x"],
    unsubscribe: false,
    class: "marketing",
    template: "",
    track: true,
    problems: [],
    consent: { sends: false, why: "The contact has unsubscribed." },
  };
  const calls = serveForms({
    ...people,
    "POST /v1/preview/email": () => mail,
    "POST /v1/preview/email/send": () => ({ message_id: "m", to: "me@example.com", subject: "[Test] Welcome, Ana" }),
  });
  HTMLFormElement.prototype.submit = () => {};
  openStep({ type: "email", with: { subject: "Welcome", body: "Hi" } });
  await screen.findByText("Welcome, Ana", undefined, { timeout: 5_000 });
  expect(screen.getByText(/Would not be sent to this contact. The contact has unsubscribed/)).toBeTruthy();
  expect(screen.getByText("Marketing mail needs one")).toBeTruthy();
  await userEvent.click(screen.getByRole("tab", { name: "Text" }));
  expect(screen.getByText("Hi Ana")).toBeTruthy();
  await userEvent.type(screen.getByRole("textbox", { name: "Send test to me" }), "me@example.com");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  await screen.findByText("Sent to me@example.com: [Test] Welcome, Ana");
  expect(calls.at(-1)?.body).toMatchObject({ to: "me@example.com", contact: "c1" });
  expect(localStorage.getItem("fermata.test-address")).toBe("me@example.com");
});

test("a call is tried; a value of its answer that is picked is kept, and goes into a step behind it", async () => {
  serveForms({
    ...people,
    "POST /v1/preview/request": () => ({
      status: 200,
      headers: {},
      body: { slots: [{ id: "s1" }] },
      duration_ms: 8,
      error: null,
      problems: [],
      request: { method: "POST", url: "https://a.example", headers: {}, body: null },
    }),
  });
  const user = userEvent.setup();
  const follow = vi.fn();
  const context = { workflow: "welcome", nodeId: "step", follow };
  const { seen } = openStep({ type: "webhook", with: { url: "https://a.example" } }, { context });
  await user.click(await screen.findByRole("button", { name: "Make the call now" }));
  await user.click(await screen.findByRole("button", { name: "Use vars.answer.slots[0].id s1" }));
  await user.click(await screen.findByRole("menuitem", { name: "Write it to a field of the contact" }));
  expect(seen.node.with).toEqual({ url: "https://a.example", save_as: "answer" });
  expect(follow).toHaveBeenLastCalledWith({
    type: "field_set",
    with: { field: "answer_id", value: "{{ vars.answer.slots[0].id }}" },
  });
  const known = { path: "vars.answer", label: "answer", type: "object", sample: null, source: "vars" } as const;
  const offered = withAnswers([known], "welcome", useAnswers.getState().byName);
  expect(offered.map((p) => [p.path, p.sample])).toEqual([
    ["vars.answer", null],
    ["vars.answer.slots[0].id", "s1"],
  ]);
  expect(withAnswers([known], "another", useAnswers.getState().byName)).toEqual([known]);
});

test("a value of a header may be a secret that is chosen", async () => {
  serveForms({ ...people, "GET /v1/secrets": () => ({ items: [{ name: "calendar_key" }], next: null }) });
  const { seen } = openStep({ type: "webhook", with: { url: "https://a.example", headers: { Authorization: "" } } });
  await userEvent.click(await screen.findByRole("combobox", { name: "Value of Authorization" }));
  await screen.findAllByText("secret:calendar_key");
  await userEvent.keyboard("{ArrowDown}{Enter}");
  expect(seen.node.with?.headers).toEqual({ Authorization: "secret:calendar_key" });
});

test("the repair of a problem stands at its field", async () => {
  serveForms(people);
  const fix = { method: "POST", path: "/v1/pipelines", body: { key: "x" } };
  const problems = [problem("/nodes/step/with/pipeline", "there is no pipeline x", { fix })];
  const repair = ({ path }: { path: string }) => <button type="button">Mend by {path}</button>;
  const context = { workflow: "welcome", nodeId: "step", repair };
  openStep({ type: "deal_create", with: { pipeline: "x" } }, { problems, context });
  const field = screen.getByRole("combobox", { name: /Pipeline/ });
  const said = document.getElementById(field.getAttribute("aria-describedby") ?? "");
  expect(said?.querySelector("button")?.textContent).toBe("Mend by /v1/pipelines");
});

test("small rules of the widgets", () => {
  expect(mergeField("contact.name", "it's you")).toBe(`{{ contact.name | default: "it's you" }}`);
  expect(gapsIn("a contact.nick and contact.nickname", ["contact.nick"])).toEqual([{ from: 2, to: 14 }]);
  const stages = [
    { key: "new", name: "New", kind: "open" as const },
    { key: "won", name: "Won", kind: "won" as const },
  ];
  expect(withStage(stages, "Second call").map((s) => s.key)).toEqual(["new", "second-call", "won"]);
  expect(bodyFormOf({ a: 1 })).toBe("pairs");
  expect(bodyFormOf({ a: { b: 1 } })).toBe("json");
  expect(bodyAs('{"a":1}', "json")).toEqual({ a: 1 });
  expect(bodyAs({ a: 1 }, "usual")).toBeUndefined();
  expect(answerPath("x", ["a", 0, "b c"])).toBe('vars.x.a[0]["b c"]');
});
