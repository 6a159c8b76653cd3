import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { type Choice, Chooser } from "./Chooser";

const all: Choice[] = [
  { id: "email", title: "Send email", description: "Sends a mail." },
  { id: "sms", title: "Send SMS", reason: "not available in this build" },
  { id: "wait", title: "Wait" },
];

function setup() {
  const onPick = vi.fn();
  const find = (query: string) => [
    { title: "All", choices: all.filter((c) => c.title.toLowerCase().includes(query.toLowerCase())) },
  ];
  const names = { search: "Search steps", list: "Types of steps", placeholder: "", none: "No step is called so." };
  render(
    <MantineProvider>
      <Chooser title="Add a step" names={names} find={find} onPick={onPick} onClose={() => {}} />
    </MantineProvider>,
  );
  return onPick;
}

test("words and Enter choose the first that fits", async () => {
  const onPick = setup();
  await userEvent.type(await screen.findByRole("combobox", { name: "Search steps" }), "wai{Enter}");
  expect(onPick).toHaveBeenCalledExactlyOnceWith("wait");
});

test("arrows walk, and what cannot stand here says why and is not chosen", async () => {
  const onPick = setup();
  const field = await screen.findByRole("combobox", { name: "Search steps" });
  await userEvent.type(field, "{ArrowDown}{Enter}");
  const sms = screen.getByRole("option", { name: /Send SMS.*not available in this build/ });
  expect(sms.getAttribute("aria-disabled")).toBe("true");
  expect(onPick).not.toHaveBeenCalled();
  await userEvent.type(field, "{ArrowDown}{Enter}");
  expect(onPick).toHaveBeenCalledExactlyOnceWith("wait");
});

test("a word that nothing is called says so", async () => {
  setup();
  await userEvent.type(await screen.findByRole("combobox", { name: "Search steps" }), "zzz");
  expect(await screen.findByText("No step is called so.")).toBeTruthy();
});
