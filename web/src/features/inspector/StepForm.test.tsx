import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { show } from "@/test/render";
import { fieldsOf, type Schema } from "./model/schema";
import { StepForm } from "./StepForm";
import { openStep, problem, serveForms, specs } from "./testing";

beforeEach(() => {
  serveForms();
});

const controls = ["textbox", "combobox", "switch", "radio", "checkbox", "spinbutton", "button", "group"] as const;

/** Every control of the form that a screen reader could not name. */
function nameless(): Element[] {
  const all = controls.flatMap((role) => screen.queryAllByRole(role));
  const named = new Set(controls.flatMap((role) => screen.queryAllByRole(role, { name: /\S/ })));
  return all.filter((element) => !named.has(element));
}

test.each(specs.map((s) => [s.type] as const))("the form of %s is drawn and every control has a name", async (type) => {
  openStep({ type });
  expect(await screen.findByRole("button", { name: "Advanced" })).toBeTruthy();
  expect(nameless()).toEqual([]);
});

test("a type that the page has never heard of gets a working form", async () => {
  const schema: Schema = {
    type: "object",
    properties: {
      crew: { type: "string", "x-ui": { widget: "astronaut", label: "Crew", help: "who flies", order: 0 } },
      engines: { type: "integer", "x-ui": { widget: "thrusters", label: "Engines", order: 1 } },
      manned: { type: "boolean", default: false, "x-ui": { label: "Manned", order: 2 } },
      pad: { enum: ["39A", "40"], "x-ui": { label: "Pad", order: 3 } },
      payload: { "x-ui": { label: "Payload", order: 4 } },
      stages: { type: "array", items: { type: "object", properties: { fuel: { type: "string" } } } },
    },
  };
  const seen: unknown[] = [];
  const base = specs[0];
  if (!base) throw new Error("no specs");
  show(
    <StepForm
      spec={{ ...base, type: "launch", title: "Launch", schema }}
      node={{ type: "launch" }}
      problems={[]}
      context={{ nodeId: "step" }}
      onChange={(node) => seen.push(node.with)}
    />,
  );
  const crew = await screen.findByRole("textbox", { name: "Crew" });
  expect(document.getElementById(crew.getAttribute("aria-describedby") ?? "")?.textContent).toBe("Who flies");
  await userEvent.type(crew, "K");
  await userEvent.type(screen.getByRole("textbox", { name: "Engines" }), "9");
  await userEvent.click(screen.getByRole("switch", { name: "Manned" }));
  await userEvent.type(screen.getByRole("textbox", { name: "Payload" }), "7");
  await userEvent.click(within(screen.getByRole("group", { name: "Stages" })).getByRole("button", { name: "Add" }));
  expect(seen).toEqual([{ crew: "K" }, { engines: 9 }, { manned: true }, { payload: 7 }, { stages: [{}] }]);
  expect(screen.getByRole("combobox", { name: "Pad" })).toBeTruthy();
});

test("switching a choice gives back what was typed before", async () => {
  const { seen } = openStep({ type: "tag_add", with: { tag: "vip" } });
  await userEvent.click(screen.getByRole("radio", { name: "Tags" }));
  expect(seen.node.with).toBeUndefined();
  await userEvent.click(screen.getByRole("radio", { name: "Tag" }));
  expect(seen.node.with).toEqual({ tag: "vip" });
});

test("a choice that needs no more than to be made is made", async () => {
  const { seen } = openStep({ type: "wait_event", with: { timeout: "5d" } });
  await userEvent.click(screen.getByRole("radio", { name: "Without end" }));
  expect(seen.node.with).toEqual({ forever: true });
  expect(screen.queryByRole("switch", { name: "Without end" })).toBeNull();
});

test("a problem stands at its field, quietly until the field was left", async () => {
  const problems = [problem("/nodes/step/with/stage", "there is no stage x", { hint: "create it" })];
  openStep({ type: "deal_move", with: { pipeline: "sales", stage: "x" } }, { problems, quiet: true });
  expect(screen.queryByText(/there is no stage x/)).toBeNull();
  screen.getByRole("combobox", { name: /Stage/ }).focus();
  await userEvent.tab();
  expect(screen.getByText(/there is no stage x – create it/)).toBeTruthy();
});

test("a problem of what no field stands for is not lost", () => {
  openStep({ type: "end" }, { problems: [problem("/nodes/step/with/colour", 'unknown key "colour"')] });
  expect(screen.getByRole("alert").textContent).toContain('unknown key "colour"');
});

test("a default is shown and not written", async () => {
  const { seen } = openStep({ type: "deal_move", with: { pipeline: "sales", create: true } });
  await userEvent.click(screen.getByRole("switch", { name: /Create one when there is none/ }));
  expect(seen.node.with).toEqual({ pipeline: "sales" });
  expect(fieldsOf(specs.find((s) => s.type === "end")?.schema as Schema)[0]?.schema.default).toBe("success");
});

test("what all steps share is behind a heading", async () => {
  const { seen } = openStep({ type: "webhook", with: { url: "https://a.example" }, next: { ok: "b" } });
  await userEvent.click(await screen.findByRole("button", { name: "Advanced" }));
  await userEvent.click(screen.getByRole("switch", { name: "Fail on missing values" }));
  expect(seen.node).toEqual({ type: "webhook", with: { url: "https://a.example" }, next: { ok: "b" }, strict: true });
});
