import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { showRouted } from "@/test/routed";
import { serve } from "@/test/server";
import { isCounted } from "../counted";
import type { Enrollment, Filter } from "../filter";
import { BulkBar } from "./BulkBar";

const rows = ["a", "b"].map((id) => ({ id, workflow: "shop", version: 1 }) as Enrollment);

function Bar({ filter }: { filter: Filter }) {
  const [all, setAll] = useState(false);
  const [selected, setSelected] = useState(rows);
  return (
    <>
      <BulkBar
        selected={selected}
        filter={filter}
        all={all}
        onAll={() => {
          setSelected(rows);
          setAll(true);
        }}
        canAll
        counted={isCounted(filter)}
        onClear={() => setSelected([])}
      />
      <button type="button" onClick={() => setSelected([])}>
        The rows go away
      </button>
    </>
  );
}

const counts = { matched: 1204, examined: 1204, complete: true, allowed: 1204, refused: 0, reasons: [], samples: [] };

test("all that match the filter are counted by the server, and the order names the filter", async () => {
  const calls = serve({ "POST /v1/enrollments/batch": () => ({ action: "exit", ...counts }) });
  showRouted(<Bar filter={{ workflow: "shop" }} />);
  await screen.findByText("2 selected");
  await userEvent.click(screen.getByRole("button", { name: "Select all that match the filter" }));
  await screen.findByText("All 1,204 active ones that match the filter");
  await userEvent.click(screen.getByRole("button", { name: "Actions" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Retry …" }));
  await screen.findByRole("dialog", { name: "Retry: all that match the filter" });
  await screen.findByText("It can be done for all 1,204 enrollments.");
  expect(calls.at(-1)?.body).toEqual({ action: "retry", filter: { workflow: "shop" }, dry_run: true });
});

test("the dialog stays while the rows that were selected go away", async () => {
  serve({ "POST /v1/enrollments/batch": () => ({ action: "exit", ...counts }) });
  showRouted(<Bar filter={{}} />);
  await userEvent.click(await screen.findByRole("button", { name: "Actions" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Exit …" }));
  await screen.findByRole("dialog", { name: "Exit: 2 selected" });
  await userEvent.click(screen.getByText("The rows go away"));
  expect(screen.queryByText("2 selected")).toBeNull();
  expect(screen.getByRole("dialog", { name: "Exit: 2 selected" })).toBeTruthy();
});

test("everybody, without any filter, cannot be selected; who may not publish is told why", async () => {
  serve({ "GET /v1/session": () => ({ person: "Edda", scopes: ["editor"] }) });
  showRouted(<Bar filter={{}} />);
  const all = await screen.findByRole("button", { name: "Select all that match the filter" });
  expect(all.getAttribute("aria-description")).toMatch(/filter first/);
  await userEvent.click(screen.getByRole("button", { name: "Actions" }));
  await screen.findByText("Needs the scope publisher.");
  for (const item of screen.getAllByRole("menuitem")) expect(item.getAttribute("data-disabled")).toBe("true");
});

test("everybody whom a figure counts is selected at once, and the order names exactly that count", async () => {
  const filter: Filter = { workflow: "shop", test: false, step: "hello", step_status: "failed" };
  const calls = serve({ "POST /v1/enrollments/batch": () => ({ action: "retry", ...counts }) });
  showRouted(<Bar filter={filter} />);
  await userEvent.click(await screen.findByText("The rows go away"));
  await userEvent.click(await screen.findByRole("button", { name: "Select all 1,204 of this count" }));
  await screen.findByText("All 1,204 that match the filter");
  await userEvent.click(screen.getByRole("button", { name: "Actions" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Retry …" }));
  await screen.findByRole("dialog", { name: "Retry: all of this count" });
  await screen.findByText("It can be done for all 1,204 enrollments.");
  expect(calls.at(-1)?.body).toEqual({ action: "retry", filter, dry_run: true });
});
