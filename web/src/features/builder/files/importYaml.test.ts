import { expect, test } from "vitest";
import { withKey } from "./importYaml";

test("YAML gets the key of the workflow that it replaces, and keys further inside stay", () => {
  expect(withKey("schema: 1\nkey: other\nname: N\nnodes:\n  a: {with: {key: x}}\n", "mine")).toBe(
    "schema: 1\nkey: mine\nname: N\nnodes:\n  a: {with: {key: x}}\n",
  );
  expect(withKey('"key": other\n', "mine")).toBe("key: mine\n");
  expect(withKey("name: N\n  key: x\n", "mine")).toBe("key: mine\nname: N\n  key: x\n");
});
