import { describe, expect, it } from "vitest";
import {
  appendStep,
  branches,
  changeId,
  clipText,
  copySteps,
  duplicate,
  EditError,
  freshId,
  graphOf,
  insertStep,
  keepable,
  moveStep,
  newNode,
  nodesOf,
  onlyBehind,
  pasteSteps,
  prune,
  readClip,
  removeBlock,
  removeStep,
  setPosition,
} from "..";
import { branchOf, flow, onboarding, someSpecs as specs, step } from "../fixtures";

const next = (definition: typeof onboarding, id: string) => nodesOf(definition)[id]?.next;
const fresh = (type: string) => {
  const spec = specs.get(type);
  if (!spec) throw new Error(type);
  return newNode(spec);
};

describe("insert", () => {
  it("hangs what stood there on the main port, or on the first one", () => {
    const mail = insertStep(onboarding, specs, { from: "day7", port: "next" }, fresh("email"));
    expect(mail.ids).toEqual(["email"]);
    expect(next(mail.definition, "day7")).toBe("email");
    expect(next(mail.definition, "email")).toBe("strategy");
    const wait = insertStep(onboarding, specs, { from: "vip", port: "big" }, fresh("wait_event"));
    expect(next(wait.definition, "wait_event")).toEqual({ arrived: "call" });
    expect(next(wait.definition, "vip")).toEqual({ big: "wait_event", else: "day7" });
  });

  it("puts an end only where nothing follows", () => {
    expect(() => insertStep(onboarding, specs, { from: "day7", port: "next" }, fresh("end"))).toThrow(EditError);
    const made = insertStep(onboarding, specs, { from: "call", port: "error" }, fresh("end"));
    expect(next(made.definition, "call")).toEqual({ ok: "day7", error: "end" });
  });

  it("begins an empty definition, and appends at the end of the main way", () => {
    const first = appendStep({ key: "x" }, specs, fresh("wait"));
    const second = appendStep(first.definition, specs, fresh("wait"));
    expect(second.definition).toEqual({
      key: "x",
      start: "wait",
      nodes: { wait: { type: "wait", next: "wait_2" }, wait_2: { type: "wait" } },
    });
  });

  it("knows when a place is gone", () => {
    expect(() => insertStep(onboarding, specs, { from: "vip", port: "small" }, fresh("wait"))).toThrow(EditError);
  });
});

describe("ids", () => {
  it("are readable and free", () => {
    expect(freshId(onboarding, "Send the Größe!")).toBe("send_the_gro_e");
    expect(freshId(onboarding, "call")).toBe("call_2");
    expect(freshId(flow({ a_2: step("wait"), a: step("wait") }), "a_2")).toBe("a_3");
    expect(freshId(onboarding, "7")).toBe("step");
    const long = "x".repeat(40);
    expect(freshId(flow({ [long]: step("wait") }), long)).toBe(`${"x".repeat(38)}_2`);
  });

  it("change together with everything that names them", () => {
    const placed = {
      ...setPosition(onboarding, "vip", { x: 1, y: 2 }),
      tests: [{ stubs: { vip: {} }, expect: { path: ["vip", "call"] } }],
    };
    const edited = changeId(placed, specs, "vip", "large");
    expect(next(edited, "assets")).toEqual({ got: "large", timeout: "remind" });
    expect(edited.layout).toEqual({ large: { x: 1, y: 2 } });
    expect(edited.tests).toEqual([{ stubs: { large: {} }, expect: { path: ["large", "call"] } }]);
    expect(() => changeId(onboarding, specs, "vip", "call")).toThrow(EditError);
    expect(() => changeId(onboarding, specs, "vip", "V")).toThrow(EditError);
  });
});

describe("remove", () => {
  it("closes the gap and forgets the place", () => {
    const edited = removeStep(setPosition(onboarding, "day7", { x: 0, y: 0 }), specs, "day7");
    expect(next(edited, "vip")).toEqual({ big: "call", else: "strategy" });
    expect(next(edited, "call")).toBe("strategy");
    expect(edited).not.toHaveProperty("layout");
  });

  it("keeps the side that is asked for; the other goes unless it is joined elsewhere", () => {
    expect(keepable(onboarding, specs, "vip")).toEqual(["big", "else"]);
    const small = removeStep(onboarding, specs, "vip", "else");
    expect(Object.keys(nodesOf(small))).toEqual(["welcome", "assets", "remind", "day7", "strategy", "done"]);
    const big = removeStep(onboarding, specs, "vip", "big");
    expect(next(big, "remind")).toBe("call");
    expect(nodesOf(big)).toHaveProperty("day7");
  });

  it("takes a whole block to its join", () => {
    const edited = removeBlock(onboarding, specs, "assets");
    expect(next(edited, "welcome")).toBe("vip");
    expect(nodesOf(edited)).not.toHaveProperty("remind");
  });

  it("takes out what only a lost way led to", () => {
    expect(onlyBehind(onboarding, specs, { from: "assets", port: "timeout" })).toEqual(["remind"]);
    const edited = prune(onboarding, specs, { from: "assets", port: "timeout" });
    expect(nodesOf(edited)).not.toHaveProperty("remind");
    expect(next(edited, "assets")).toEqual({ got: "vip" });
  });
});

describe("move", () => {
  it("takes a branching step along with its branches", () => {
    expect(branches(graphOf(onboarding, specs), "assets")).toBe(true);
    const edited = moveStep(onboarding, specs, "assets", { from: "day7", port: "next" });
    expect(next(edited, "welcome")).toBe("vip");
    expect(next(edited, "day7")).toBe("assets");
    expect(next(edited, "assets")).toEqual({ got: "strategy", timeout: "remind" });
    expect(next(edited, "remind")).toBe("strategy");
  });

  it("refuses the step's own branches, and steps that end where others follow", () => {
    expect(() => moveStep(onboarding, specs, "vip", { from: "call", port: "error" })).toThrow(EditError);
    expect(() => moveStep(onboarding, specs, "done", { from: "welcome", port: "next" })).toThrow(EditError);
    expect(moveStep(onboarding, specs, "day7", { from: "day7", port: "next" })).toBe(onboarding);
  });

  it("moves a branch whose sides end, what follows hanging on its open way", () => {
    const ending = flow({ a: step("wait", "b"), b: branchOf({ yes: "c" }, "yes"), c: step("email") });
    const edited = moveStep(ending, specs, "b", { from: "@start", port: "start" });
    expect(edited.start).toBe("b");
    expect(next(edited, "c")).toBe("a");
    expect(next(edited, "a")).toBeUndefined();
  });
});

describe("copy", () => {
  it("pastes into another workflow through text", () => {
    const clip = readClip(clipText(copySteps(onboarding, specs, "vip")));
    if (!clip) throw new Error("no clip");
    const other = flow({ call: step("wait", "last"), last: step("end") });
    const made = pasteSteps(other, specs, { from: "call", port: "next" }, clip);
    expect(made.ids).toEqual(["vip", "call_2"]);
    expect(next(made.definition, "call")).toBe("vip");
    expect(next(made.definition, "vip")).toEqual({ big: "call_2", else: "last" });
    expect(next(made.definition, "call_2")).toBe("last");
  });

  it("reads nothing else from the clipboard", () => {
    for (const text of ["", "{}", "[]", '{"fermata":"steps","root":"a","nodes":{},"out":[]}', "Hello"]) {
      expect(readClip(text)).toBeUndefined();
    }
  });

  it("duplicates a step behind itself, and a branch behind its join", () => {
    const mail = duplicate(onboarding, specs, "welcome");
    expect(next(mail.definition, "welcome")).toBe("welcome_2");
    expect(next(mail.definition, "welcome_2")).toBe("assets");
    const vip = duplicate(onboarding, specs, "vip");
    expect(next(vip.definition, "vip")).toEqual({ big: "call", else: "vip_2" });
    expect(next(vip.definition, "call")).toBe("vip_2");
    expect(next(vip.definition, "vip_2")).toEqual({ big: "call_2", else: "day7" });
  });
});
