import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ENTRY, insertStep, nodesOf, patchNode, removeStep } from "@/graph";
import { onboarding, someSpecs as specs, step } from "@/graph/fixtures";
import { large } from "@/graph/large";
import { FlowCanvas, type FlowCanvasProps } from ".";

// jsdom lays nothing out: everything is as large as it must be to be in sight.
beforeAll(() => {
  for (const side of ["offsetWidth", "offsetHeight", "clientWidth", "clientHeight"]) {
    Object.defineProperty(HTMLElement.prototype, side, { configurable: true, value: 3000 });
  }
});

const summaries = { nodes: { welcome: "Send template welcome" }, triggers: { signed: "contract.signed" }, exits: {} };

function canvas(props: Partial<FlowCanvasProps> = {}) {
  return (
    <MantineProvider>
      <FlowCanvas definition={onboarding} specs={specs} summaries={summaries} {...props} />
    </MantineProvider>
  );
}

/** Renders a canvas whose camera has found its place. */
async function show(props: Partial<FlowCanvasProps> = {}) {
  const shown = render(canvas(props));
  const start = "translate(0px, 0px) scale(1)";
  const view = () => shown.container.querySelector<HTMLElement>(".react-flow__viewport")?.style.transform;
  await waitFor(() => expect(view()).not.toBe(start));
  return shown;
}

// Looking for roles in a canvas takes jsdom seconds. Cards are named by the hidden text that they begin with.
const nameOf = (element: Element | null) =>
  element?.getAttribute("aria-label") ?? element?.firstElementChild?.textContent;
const card = (name: RegExp) => {
  const found = [...document.querySelectorAll<HTMLElement>("button")].filter((one) => name.test(nameOf(one) ?? ""));
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} cards are called ${name}`);
  return found[0];
};
const problem = {
  severity: "error" as const,
  code: "required",
  node: "call",
  path: "/nodes/call",
  message: "",
  hint: "",
};

describe("the canvas", () => {
  it("says of every card where it stands and what is the matter", async () => {
    const definition = patchNode(patchNode(onboarding, "remind", { disabled: true }), "call", { name: "Book a call" });
    await show({ definition, problems: [problem] });
    expect(card(/^Step 1 of 8, Send email, Send template welcome$/)).toBeTruthy();
    expect(card(/^Step 3 of 8, Send email, disabled, branch timeout$/)).toBeTruthy();
    expect(card(/^Step 5 of 8, HTTP call Book a call, incomplete, branch big$/)).toBeTruthy();
    expect(card(/^Trigger, Event, contract.signed$/)).toBeTruthy();
    expect(card(/^Exits, contract.canceled$/)).toBeTruthy();
  });

  it("shows a note beside its card, and takes what is written there", async () => {
    const definition = patchNode(onboarding, "call", { note: "Ask for the budget" });
    const [onNoting, onNote] = [vi.fn(), vi.fn()];
    const shown = await show({ definition, notes: true, onNoting, onNote });
    expect(card(/^Step 5 of 8.*note: Ask for the budget$/)).toBeTruthy();
    fireEvent.click(card(/^Note of HTTP call: Ask for the budget$/));
    expect(onNoting).toHaveBeenCalledWith("call");
    shown.rerender(canvas({ definition, notes: true, noting: "call", onNoting, onNote }));
    const field = await screen.findByLabelText("Note of HTTP call");
    await userEvent.type(field, " first{Control>}{Enter}");
    expect(onNote.mock.calls).toEqual([["call", "Ask for the budget first", true]]);
  });

  it("leaves a note as it is when writing is given up, and hides notes that are not wanted", async () => {
    const definition = patchNode(onboarding, "call", { note: "Ask for the budget" });
    const onNote = vi.fn();
    const shown = await show({ definition, notes: true, noting: "call", onNoting: vi.fn(), onNote });
    await userEvent.type(await screen.findByLabelText("Note of HTTP call"), "x{Escape}");
    expect(onNote.mock.calls).toEqual([["call", null, true]]);
    shown.rerender(canvas({ definition }));
    expect(screen.queryByText("Ask for the budget", { selector: "button, p, textarea" })).toBeNull();
  });

  it("keeps quiet about a step that is still new", async () => {
    await show({ problems: [problem], quiet: new Set(["call"]) });
    expect(card(/^Step 5 of 8, HTTP call, branch big$/)).toBeTruthy();
  });

  it("selects by click and opens by Enter", async () => {
    const [onSelect, onOpen] = [vi.fn(), vi.fn()];
    await show({ onSelect, onOpen });
    fireEvent.click(card(/^Step 4 of 8/));
    expect(onSelect).toHaveBeenLastCalledWith({ kind: "step", id: "vip" });
    card(/^Step 4 of 8/).focus();
    await userEvent.keyboard("{Enter}");
    expect(onOpen).toHaveBeenLastCalledWith({ kind: "step", id: "vip" });
    fireEvent.click(card(/^Trigger/));
    expect(onSelect).toHaveBeenLastCalledWith({ kind: "trigger", id: "signed" });
  });

  it("offers a place on every edge and asks for a step there", async () => {
    const onInsert = vi.fn();
    const { definition } = insertStep(
      onboarding,
      specs,
      { from: "call", port: "error" },
      {
        type: "wait",
        name: "Pause",
      },
    );
    await show({ definition, onInsert });
    fireEvent.click(card(/^Insert a step after HTTP call, branch error$/));
    expect(onInsert).toHaveBeenLastCalledWith({ from: "call", port: "error" });
    fireEvent.click(card(/^Insert a step after Pause$/));
    expect(onInsert).toHaveBeenLastCalledWith({ from: "wait", port: "next" });
    fireEvent.click(card(/^Insert a step at the start$/));
    expect(onInsert).toHaveBeenLastCalledWith(ENTRY);
  });

  it("offers a place behind ways that meet again, for all of them", async () => {
    const onInsert = vi.fn();
    await show({ onInsert });
    fireEvent.click(card(/^Insert a step where the ways meet before Branch$/));
    expect(onInsert).toHaveBeenLastCalledWith({ from: "assets", port: "got" }, [{ from: "remind", port: "next" }]);
    fireEvent.click(card(/^Insert a step where the ways meet before Wait$/));
    expect(onInsert).toHaveBeenLastCalledWith({ from: "vip", port: "else" }, [{ from: "call", port: "ok" }]);
  });

  it("leads a way to the step that its button is dragged to, and nowhere else", async () => {
    const [onInsert, onConnect] = [vi.fn(), vi.fn()];
    await show({ onInsert, onConnect });
    const plus = card(/^Insert a step after Branch, branch else$/);
    const drag = (to: Element | null, end: "pointerUp" | "escape" = "pointerUp") => {
      document.elementFromPoint = () => to;
      fireEvent.pointerDown(plus, { button: 0, pointerId: 1, clientX: 10, clientY: 10 });
      fireEvent.pointerMove(document.body, { pointerId: 1, clientX: 60, clientY: 90 });
      if (end === "escape") fireEvent.keyDown(document.body, { key: "Escape" });
      fireEvent.pointerUp(document.body, { pointerId: 1, clientX: 60, clientY: 90 });
    };
    drag(card(/^Step 7 of 8/), "escape");
    drag(card(/^Trigger/));
    drag(card(/^Step 4 of 8/));
    expect(onConnect).not.toHaveBeenCalled();
    drag(card(/^Step 7 of 8/));
    expect(onConnect.mock.calls).toEqual([[{ from: "vip", port: "else" }, "strategy"]]);
    expect(onInsert).not.toHaveBeenCalled();
  });

  it("has nothing to insert with while it is only read", async () => {
    await show();
    expect(screen.queryByLabelText(/Insert/)).toBeNull();
    expect(screen.queryByLabelText("Add a trigger")).toBeNull();
  });

  it("begins an empty workflow at its trigger and its first step", async () => {
    await show({ definition: { key: "x" }, onInsert: vi.fn(), onAddTrigger: vi.fn() });
    expect(card(/^Add a trigger$/)).toBeTruthy();
    expect(screen.getAllByLabelText("Insert a step at the start")).toHaveLength(1);
  });

  it("draws a travelled way", async () => {
    const overlay = {
      nodes: { welcome: { state: "done" as const }, assets: { state: "waiting" as const, label: "Until 9 March" } },
      edges: new Set(["welcome:next"]),
      edgeLabels: { "assets:got": "34" },
    };
    const { container } = await show({ overlay });
    expect(card(/^Step 1 of 8, .*, done$/)).toBeTruthy();
    expect(card(/^Step 2 of 8, Wait for an event, Until 9 March, waiting$/)).toBeTruthy();
    expect(container.querySelector('[data-edge="welcome:next"]')?.getAttribute("class")).toMatch(/travelled/);
    expect(container.querySelector('[data-edge="vip:big"]')?.getAttribute("class")).toMatch(/dim/);
    expect(screen.getByText("34")).toBeTruthy();
  });

  it("has a map from 21 steps", async () => {
    const { rerender } = await show({ definition: large(20) });
    expect(screen.queryByText("Map of the workflow")).toBeNull();
    rerender(canvas({ definition: large(21) }));
    expect(screen.getByText("Map of the workflow")).toBeTruthy();
  });
});

describe("the keys of the canvas", () => {
  const stops = () => document.querySelectorAll('[data-node][tabindex="0"]');
  const focus = () => nameOf(document.activeElement);

  it("are reached by one tab stop and follow the structure", async () => {
    await show({ onInsert: vi.fn() });
    expect(stops()).toHaveLength(1);
    await userEvent.tab();
    expect(focus()).toMatch(/^Trigger/);
    for (const expected of [/^Step 1/, /^Step 2/, /^Step 4/, /^Step 5/, /^Step 6/]) {
      await userEvent.keyboard("{ArrowDown}");
      expect(focus()).toMatch(expected);
    }
    await userEvent.keyboard("{ArrowUp}");
    expect(focus()).toMatch(/^Step 4/);
    await userEvent.keyboard("{End}");
    expect(focus()).toMatch(/^Step 8/);
    expect(stops()).toHaveLength(1);
    for (const plus of screen.getAllByLabelText(/^Insert/)) expect(plus.tabIndex).toBe(-1);
  });

  it("insert and remove", async () => {
    const [onInsert, onRemove] = [vi.fn(), vi.fn()];
    await show({ onInsert, onRemove });
    card(/^Step 6/).focus();
    await userEvent.keyboard("a");
    expect(onInsert).toHaveBeenLastCalledWith({ from: "day7", port: "next" });
    await userEvent.keyboard("{Delete}");
    expect(onRemove).toHaveBeenLastCalledWith({ kind: "step", id: "day7" });
    await userEvent.keyboard("{Control>}a{/Control}");
    expect(onInsert).toHaveBeenCalledTimes(1);
  });

  it("stay on the canvas when the card under them goes, and it is said what went", async () => {
    const { rerender, container } = await show();
    card(/^Step 6/).focus();
    rerender(canvas({ definition: removeStep(onboarding, specs, "day7") }));
    expect(focus()).toMatch(/^Step 4/);
    const live = container.querySelector<HTMLElement>("[aria-live]");
    expect(live && within(live).getByText("Wait removed")).toBeTruthy();
    const { definition } = insertStep(onboarding, specs, { from: "welcome", port: "next" }, step("tag_add"));
    rerender(canvas({ definition }));
    expect(live?.textContent).toMatch(/added/);
    expect(Object.keys(nodesOf(definition))).toHaveLength(9);
  });
});
