import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSession } from "@/api";
import { NothingFound, notifyProblem } from "@/shared";
import { type Contact, contactSearchQuery, createContact } from "./queries";
import { useChosenContact } from "./useChosenContact";

type Props = {
  /** Visible label, or the name for screen readers when hidden. */
  label?: string;
  hideLabel?: boolean;
  size?: string;
  disabled?: boolean;
};

/** A contact as people call it: name and address, or what there is of them. */
export function contactName(contact: Pick<Contact, "id" | "first_name" | "last_name" | "email" | "external_id">) {
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(" ");
  return name || contact.email || contact.external_id || contact.id;
}

function optionOf(contact: Contact) {
  const name = contactName(contact);
  const address = contact.email && contact.email !== name ? ` · ${contact.email}` : "";
  return { value: contact.id, label: name + address };
}

const create = "create:";

/** Chooses the contact that previews are made for, by name or mail address; the browser remembers it. */
export function ContactChooser({ label = "Preview for", hideLabel, size = "sm", disabled }: Props) {
  const { contact, isPending, choose } = useChosenContact();
  const { may } = useSession();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 250);
  const current = contact ? optionOf(contact) : null;
  const typed = current && asked === current.label ? "" : asked;
  const found = useQuery({ ...contactSearchQuery(typed), placeholderData: keepPreviousData });
  const making = useMutation({
    mutationFn: createContact,
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["contacts"] });
      choose(made.id);
    },
    onError: notifyProblem,
  });
  const options = (found.data?.items ?? []).map(optionOf);
  if (current && !options.some((o) => o.value === current.value)) options.unshift(current);
  const isNew = /^\S+@\S+\.\S+$/.test(typed) && !found.data?.items.some((c) => c.email === typed.toLowerCase());
  if (isNew && may("editor")) options.push({ value: create + typed, label: `Create the contact ${typed}` });
  return (
    <Select
      label={hideLabel ? undefined : label}
      aria-label={hideLabel ? label : undefined}
      size={size}
      placeholder="Name or mail address"
      searchable
      data={options}
      filter={({ options: all }) => all}
      value={current?.value ?? null}
      onSearchChange={setText}
      onChange={(value) => {
        if (value?.startsWith(create)) making.mutate(value.slice(create.length));
        else if (value) choose(value);
      }}
      nothingFoundMessage={
        <NothingFound>
          {found.isFetching ? "Searching…" : "No contact found. Type a mail address to create one."}
        </NothingFound>
      }
      error={found.error ? "The contacts could not be read." : undefined}
      disabled={disabled || making.isPending}
      // Until it is known who is chosen: the name that comes would replace what was typed.
      readOnly={isPending && text === ""}
      allowDeselect={false}
      maxDropdownHeight={280}
      comboboxProps={{ withinPortal: true }}
    />
  );
}
