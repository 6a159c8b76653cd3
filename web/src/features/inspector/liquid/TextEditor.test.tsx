import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { createPart, type Part } from "@/shared";
import { show } from "@/test/render";
import type { EditorProps, HandleProps } from "./editorProps";
import { TextEditor } from "./TextEditor";

/** A server that cannot be reached until it is said to be back. */
function dead() {
  const server = { up: false, asked: 0 };
  const store = createPart<EditorProps & HandleProps>(async () => {
    server.asked++;
    if (!server.up) throw new Error("no answer");
    return ({ value }) => <p>The editor has: {value}</p>;
  });
  return { server, store };
}

function open(store: Part<EditorProps & HandleProps>) {
  function Holder() {
    const [value, setValue] = useState("Hi");
    const rest = { lines: 3, language: "text" as const, gaps: [], readOnly: false };
    return <TextEditor store={store} label="Text" value={value} onChange={setValue} {...rest} />;
  }
  show(<Holder />);
}

test("an editor that cannot be fetched is a plain field that says so, and comes when the server is back", async () => {
  const { server, store } = dead();
  open(store);
  expect(await screen.findByText(/The server does not answer/)).toBeTruthy();
  expect(screen.getByLabelText<HTMLTextAreaElement>("Text").value).toBe("Hi");
  server.up = true;
  expect(await screen.findByText("The editor has: Hi")).toBeTruthy();
});

test("the editor that comes late does not take the field that somebody is in", async () => {
  const { server, store } = dead();
  open(store);
  await screen.findByText(/The server does not answer/);
  const field = screen.getByLabelText("Text");
  await userEvent.type(field, " Ana");
  server.up = true;
  await waitFor(() => expect(store.snapshot().part).not.toBeNull());
  expect(document.activeElement).toBe(field);
  await userEvent.type(field, ", hello");
  await userEvent.tab();
  expect(await screen.findByText("The editor has: Hi Ana, hello")).toBeTruthy();
});
