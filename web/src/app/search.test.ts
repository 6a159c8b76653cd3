import { expect, test } from "vitest";
import { only, texts } from "./search";

test("what a reader leaves out of an address is taken out of it, not kept beside it", () => {
  const read = only(texts("find"));
  // The router lays what is read over the query as it stands.
  const query = { find: "a", from: "garbage", version: 3 };
  expect({ ...query, ...read(query) }).toEqual({ find: "a", from: undefined, version: undefined });
});
