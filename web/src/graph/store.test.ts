import { describe, expect, it } from "vitest";
import { patchWith, removeStep, renameStep } from ".";
import { onboarding, someSpecs as specs } from "./fixtures";
import { createDraftStore, historyLabels, isDirty } from "./store";

function opened() {
  let time = 0;
  const store = createDraftStore(onboarding, () => time);
  const pass = (ms: number) => {
    time += ms;
  };
  return { store, pass, draft: store.getState };
}

const named = (name: string) => (definition: typeof onboarding) => renameStep(definition, "vip", name);

describe("the store of a draft", () => {
  it("undoes and redoes with what it says", () => {
    const { store, draft } = opened();
    draft().apply(named("A"), "Rename");
    draft().apply((d) => removeStep(d, specs, "day7"), "Delete Wait");
    const last = draft().definition;
    expect(historyLabels(store)).toEqual({ undo: "Delete Wait", redo: undefined });
    draft().undo();
    expect(historyLabels(store)).toEqual({ undo: "Rename", redo: "Delete Wait" });
    draft().undo();
    expect(draft().definition).toBe(onboarding);
    expect(historyLabels(store)).toEqual({ undo: undefined, redo: "Rename" });
    draft().undo();
    expect(draft().revision).toBe(4);
    draft().redo();
    draft().redo();
    expect(draft().definition).toBe(last);
    expect(draft().revision).toBe(6);
  });

  it("takes typing in one field as one step, until there is a pause, another field or a selection", () => {
    const { store, pass, draft } = opened();
    const typing = { field: "vip/name" };
    for (const name of ["B", "Bi", "Big"]) {
      draft().apply(named(name), "Rename", typing);
      pass(500);
    }
    expect(store.temporal.getState().pastStates).toHaveLength(1);
    pass(500);
    draft().apply(named("Bigg"), "Rename", typing);
    expect(store.temporal.getState().pastStates).toHaveLength(2);
    draft().apply((d) => patchWith(d, specs, "day7", { for: "8d" }), "Change Wait", { field: "day7/for" });
    expect(store.temporal.getState().pastStates).toHaveLength(3);
    draft().select({ kind: "step", id: "vip" });
    draft().apply((d) => patchWith(d, specs, "day7", { for: "9d" }), "Change Wait", { field: "day7/for" });
    expect(store.temporal.getState().pastStates).toHaveLength(4);
    draft().undo();
    draft().undo();
    draft().undo();
    expect(draft().definition.nodes?.vip?.name).toBe("Big");
    draft().undo();
    expect(draft().definition).toBe(onboarding);
  });

  it("does not join typing to what stood before an undo", () => {
    const { draft } = opened();
    const typing = { field: "vip/name" };
    draft().apply(named("A"), "Rename", typing);
    draft().undo();
    draft().apply(named("B"), "Rename", typing);
    draft().undo();
    expect(draft().definition).toBe(onboarding);
  });

  it("knows what the server has", () => {
    const { draft } = opened();
    expect(isDirty(draft())).toBe(false);
    draft().apply(named("A"), "Rename");
    const saving = draft().revision;
    draft().apply(named("B"), "Rename");
    draft().saved(saving);
    expect(isDirty(draft())).toBe(true);
    draft().saved(draft().revision);
    expect(isDirty(draft())).toBe(false);
    draft().undo();
    expect(isDirty(draft())).toBe(true);
  });

  it("lets go of a selection that is gone, and takes no empty edit for a change", () => {
    const { store, draft } = opened();
    draft().select({ kind: "step", id: "day7" });
    draft().apply((d) => d, "Nothing", { select: { kind: "trigger", id: "signed" } });
    expect(draft().revision).toBe(0);
    expect(draft().selection).toEqual({ kind: "trigger", id: "signed" });
    draft().apply((d) => removeStep(d, specs, "day7"), "Delete", { select: { kind: "step", id: "day7" } });
    expect(draft().selection).toBeNull();
    draft().load(onboarding);
    expect(historyLabels(store)).toEqual({ undo: undefined, redo: undefined });
    expect(draft().revision).toBe(0);
  });
});
