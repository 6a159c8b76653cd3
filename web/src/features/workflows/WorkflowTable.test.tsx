import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { showRouted } from "@/test/routed";
import { serve } from "@/test/server";
import type { Workflow } from "./queries";
import { WorkflowTable } from "./WorkflowTable";

const draft = {
  definition: {},
  etag: "e",
  updated_at: "2026-03-09T08:00:00Z",
  problems: [],
  summaries: { nodes: {}, triggers: {}, exits: {} },
};
const workflow = (key: string): Workflow => ({
  key,
  name: key,
  status: "active",
  version: 1,
  hash: null,
  draft,
  active: 0,
  updated_at: draft.updated_at,
  owner: "",
  folder: "",
});

test("an open alarm stands at the row of its workflow and leads to it", async () => {
  serve({
    "GET /v1/alarms": () => ({
      items: [{ id: "a", kind: "silence", workflow: "shop", summary: "nobody came", acknowledged_at: null }],
      next: null,
    }),
  });
  showRouted(<WorkflowTable workflows={[workflow("shop"), workflow("club")]} health={[]} />);
  const link = await screen.findByRole("link", { name: "Alarm: Silence. Nobody came." });
  expect(link.getAttribute("href")).toBe("/alarms?workflow=shop");
  const row = (name: RegExp) => screen.getByRole("row", { name });
  expect(within(row(/^shop/)).getAllByRole("link", { name: /^Alarm/ })).toHaveLength(1);
  expect(within(row(/^club/)).queryByRole("link", { name: /^Alarm/ })).toBeNull();
});
