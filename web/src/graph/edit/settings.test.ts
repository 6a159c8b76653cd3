import { describe, expect, it } from "vitest";
import {
  addExit,
  addTrigger,
  EditError,
  graphOf,
  moveRule,
  nodesOf,
  patchNode,
  patchSettings,
  patchWith,
  readDefinition,
  removeRule,
  renameStep,
  setRule,
  setWith,
  wiringOf,
} from "..";
import { branchOf, flow, onboarding, someSpecs as specs, step } from "../fixtures";

describe("settings", () => {
  const ports = (definition: typeof onboarding, id: string) => {
    const node = nodesOf(definition)[id];
    return node && wiringOf(node, specs);
  };
  const named = (...ids: string[]) => ({ branches: ids.map((id) => ({ id })) });

  it("carry the wiring along when a way out is renamed, letter by letter", () => {
    let now = flow({ a: branchOf({ x: "b", y: "c" }, "x", "y"), b: step("wait"), c: step("wait") });
    for (const id of ["", "x", "xy"]) now = setWith(now, specs, "a", named("x", id));
    expect(ports(now, "a")).toEqual({ x: "b", xy: "c" });
  });

  it("keep the wiring of a way out that is reordered, and of one that is gone", () => {
    const now = flow({ a: branchOf({ x: "b", y: "c" }, "x", "y"), b: step("wait"), c: step("wait") });
    expect(ports(setWith(now, specs, "a", named("y", "x")), "a")).toEqual({ x: "b", y: "c" });
    const fewer = setWith(now, specs, "a", named("x"));
    expect(
      graphOf(fewer, specs)
        .ports.get("a")
        ?.map((p) => [p.port, p.stray]),
    ).toEqual([
      ["x", false],
      ["else", false],
      ["y", true],
    ]);
    expect(ports(setWith(fewer, specs, "a", named("x", "z")), "a")).toEqual({ x: "b", y: "c" });
  });

  it("follow a renamed share of a split", () => {
    const now = flow({ s: step("split", { a: "b" }, { ports: { a: 50, b: 50 } }), b: step("wait") });
    expect(ports(patchWith(now, specs, "s", { ports: { first: 50, b: 50 } }), "s")).toEqual({ first: "b" });
  });

  it("are set and taken away", () => {
    const edited = patchWith(onboarding, specs, "day7", { for: undefined, random: ["1d", "2d"] });
    expect(nodesOf(edited).day7?.with).toEqual({ random: ["1d", "2d"] });
    expect(renameStep(renameStep(onboarding, "vip", "Big?"), "vip", " ")).toEqual(onboarding);
    expect(nodesOf(patchNode(onboarding, "vip", { note: "why" })).vip?.note).toBe("why");
    expect(patchSettings(patchSettings(onboarding, { owner: "a" }), { owner: undefined })).toEqual(onboarding);
  });
});

describe("triggers and exits", () => {
  it("are added, changed, ordered and removed", () => {
    const one = addTrigger(onboarding, { event: "contract.signed" });
    expect(one.id).toBe("contract-signed");
    expect(addTrigger(one.definition, { event: "contract.signed" }).id).toBe("contract-signed-2");
    expect(addTrigger(onboarding, { manual: true }).id).toBe("manual");
    const exit = addExit(onboarding, { event: "order.canceled" });
    expect(moveRule(exit.definition, "exits", exit.id, 0).exits?.map((e) => e.id)).toEqual([exit.id, "canceled"]);
    const changed = setRule(exit.definition, "exits", exit.id, { id: "gone", event: "a.b", outcome: "failed" });
    expect(changed.exits?.[1]).toEqual({ id: "gone", event: "a.b", outcome: "failed" });
    expect(() => setRule(exit.definition, "exits", exit.id, { id: "canceled" })).toThrow(EditError);
    expect(removeRule(removeRule(changed, "exits", "gone"), "exits", "canceled")).not.toHaveProperty("exits");
  });
});

describe("a stored draft", () => {
  it("is read when the page can draw it", () => {
    expect(readDefinition(onboarding)).toEqual({ definition: onboarding });
    expect(readDefinition({ key: "x", nodes: [] })).toEqual({
      undrawable: { path: "/nodes", message: "/nodes must be an object" },
    });
    expect(readDefinition({ key: "x", nodes: { a: { type: "wait", next: { next: 1 } } } })).toHaveProperty(
      "undrawable",
    );
    expect(readDefinition(null)).toHaveProperty("undrawable");
  });
});
