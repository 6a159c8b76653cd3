import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { show } from "@/test/render";
import { type Calls, serve } from "@/test/server";
import { ContactChooser } from "./ContactChooser";
import { useChosenContact } from "./useChosenContact";

const people = [
  { id: "c1", first_name: "Ana", last_name: "Berg", email: "ana@example.com", external_id: null },
  { id: "c2", first_name: null, last_name: null, email: "bo@example.com", external_id: null },
];

let calls: Calls = [];

beforeEach(() => {
  localStorage.clear();
  calls = serve({
    "GET /v1/contacts": (request) => {
      const query = new URL(request.url).searchParams.get("query") ?? "";
      return { items: people.filter((p) => p.email.includes(query.toLowerCase())), next: null };
    },
    "GET /v1/contacts/:id": (_, { id }) =>
      people.find((p) => p.id === id) ?? Response.json({ title: "no such contact" }, { status: 404 }),
    "POST /v1/contacts": () => Response.json({ ...people[1], id: "c2", warnings: [] }, { status: 201 }),
  });
});

function Shown() {
  return <p>for {useChosenContact().contact?.email ?? "nobody"}</p>;
}

function open() {
  show(
    <>
      <ContactChooser />
      <Shown />
    </>,
  );
}

test("the newest contact serves until one is chosen, and the choice is remembered", async () => {
  open();
  await screen.findByText("for ana@example.com");
  const box = screen.getByRole("combobox", { name: "Preview for" });
  await userEvent.clear(box);
  await userEvent.type(box, "bo@");
  await userEvent.click(await screen.findByRole("option", { name: "bo@example.com" }));
  await screen.findByText("for bo@example.com");
  expect(localStorage.getItem("fermata.contact")).toBe("c2");
});

test("a remembered contact that is gone is forgotten", async () => {
  localStorage.setItem("fermata.contact", "erased");
  open();
  await screen.findByText("for ana@example.com");
  expect(localStorage.getItem("fermata.contact")).toBeNull();
});

test("nothing can be typed before the contact is known, whose name would replace it", async () => {
  open();
  const box = screen.getByRole("combobox", { name: "Preview for" });
  expect(box).toHaveProperty("readOnly", true);
  await screen.findByText("for ana@example.com");
  expect(box).toHaveProperty("readOnly", false);
});

test("an address that nobody has becomes a contact", async () => {
  open();
  await screen.findByText("for ana@example.com");
  const box = screen.getByRole("combobox", { name: "Preview for" });
  await userEvent.clear(box);
  await userEvent.type(box, "new@example.org");
  await userEvent.click(await screen.findByRole("option", { name: /Create the contact new@example.org/ }));
  await waitFor(() => expect(calls).toContainEqual({ call: "POST /v1/contacts", body: { email: "new@example.org" } }));
});
