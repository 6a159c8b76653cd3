import { type Definition, type NodeDef, type NodeSpec, type Specs, specsOf, type With } from "./definition";

type Short = Pick<NodeSpec, "type" | "title" | "kind" | "main_port" | "ports"> & Partial<NodeSpec>;

function spec(short: Short): NodeSpec {
  const rest = { group: "", icon: "box", description: "", ports_from: "", ports_when: {}, initial: {} };
  return { ...rest, available: true, schema: { type: "object" }, ...short };
}

type Frame = Pick<NodeSpec, "kind" | "main_port" | "ports">;

const action: Frame = { kind: "outward", main_port: "next", ports: ["next", "error"] };
const waiting: Frame = { kind: "wait", main_port: "next", ports: ["next"] };

/** Some types of node as GET /v1/nodes describes them; for tests. */
export const someSpecs: Specs = specsOf([
  spec({ type: "wait", title: "Wait", icon: "hourglass", ...waiting }),
  spec({ type: "email", title: "Send email", icon: "mail", ...action }),
  spec({ type: "tag_add", title: "Add tag", icon: "tag", ...action, kind: "store" }),
  spec({ type: "webhook", title: "HTTP call", icon: "webhook", ...action, main_port: "ok", ports: ["ok", "error"] }),
  spec({
    type: "branch",
    title: "Branch",
    icon: "git-branch",
    kind: "decide",
    main_port: "",
    ports: ["else"],
    ports_from: "branches[].id",
    initial: { branches: [{ id: "yes" }] },
  }),
  spec({
    type: "split",
    title: "Split",
    icon: "split",
    kind: "decide",
    main_port: "",
    ports: [],
    ports_from: "ports{}",
    initial: { ports: { a: 50, b: 50 } },
  }),
  spec({
    type: "wait_event",
    title: "Wait for an event",
    icon: "radio",
    kind: "wait",
    main_port: "",
    ports: ["timeout"],
    ports_from: "events[].id",
    ports_when: { timeout: "timeout" },
    initial: { events: [{ id: "arrived" }], timeout: "3d" },
  }),
  spec({ type: "end", title: "End", icon: "flag", kind: "end", main_port: "", ports: [] }),
]);

/** A branch with these ways out before `else`. */
export function branchOf(next: NodeDef["next"], ...ids: string[]): NodeDef {
  return { type: "branch", with: { branches: ids.map((id) => ({ id })) }, next };
}

/** A definition of some nodes, the first one being the start. */
export function flow(nodes: Record<string, NodeDef>, more: Partial<Definition> = {}): Definition {
  return { schema: 1, key: "test", name: "Test", start: Object.keys(nodes)[0], nodes, ...more };
}

/** A step of a type. */
export function step(type: string, next?: NodeDef["next"], settings?: With): NodeDef {
  return { type, ...(settings && { with: settings }), ...(next !== undefined && { next }) };
}

/** welcome → assets (wait_event) → got: vip, timeout: remind → vip; vip → big: call → day7, else: day7 → done. */
export const onboarding: Definition = flow(
  {
    welcome: step("email", "assets", { template: "welcome" }),
    assets: step(
      "wait_event",
      { got: "vip", timeout: "remind" },
      { events: [{ id: "got", event: "assets.uploaded" }], timeout: "5d" },
    ),
    remind: step("email", "vip", { template: "remind" }),
    vip: branchOf({ big: "call", else: "day7" }, "big"),
    call: step("webhook", "day7", { url: "https://a.example" }),
    day7: step("wait", "strategy", { for: "7d" }),
    strategy: step("email", "done", { template: "strategy" }),
    done: step("end", undefined, { outcome: "success" }),
  },
  { triggers: [{ id: "signed", event: "contract.signed" }], exits: [{ id: "canceled", event: "contract.canceled" }] },
);
