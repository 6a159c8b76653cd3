import { expect, test } from "vitest";
import { type Form, formOf, patchOf } from "./changes";
import type { Contact } from "./queries";

const contact = {
  id: "c",
  email: "ana@example.com",
  first_name: "Ana",
  last_name: null,
  phone: null,
  country: null,
  timezone: "Europe/Berlin",
  external_id: null,
  fields: { plan: "free", seats: 3, meta: { a: 1 } },
} as unknown as Contact;

const edit = (change: (form: Form) => void) => {
  const form = formOf(contact);
  change(form);
  return patchOf(contact, form);
};

test("an untouched form changes nothing", () => {
  expect(edit(() => {})).toEqual({});
});

test("only what differs is sent, and emptied means cleared", () => {
  expect(
    edit((f) => {
      f.attributes.first_name = "Anna ";
      f.attributes.timezone = "";
    }),
  ).toEqual({ first_name: "Anna", timezone: null });
});

test("fields keep their type, new ones are texts unless the account says otherwise", () => {
  const form = formOf(contact);
  form.fields = [
    { key: "plan", text: "pro" },
    { key: "seats", text: "5" },
    { key: "meta", text: '{"a":2}' },
    { key: "code", text: "007" },
    { key: "since", text: "12" },
  ];
  expect(patchOf(contact, form, { since: "number" })).toEqual({
    fields: { plan: "pro", seats: 5, meta: { a: 2 }, code: "007", since: 12 },
  });
});

test("a field that was taken away is cleared", () => {
  expect(edit((f) => f.fields.shift())).toEqual({ fields: { plan: null } });
});
