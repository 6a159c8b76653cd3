import { Text } from "@mantine/core";
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { show } from "@/test/render";
import { DialogFrame, LinesFrame } from "./frames";
import { later } from "./later";

/** A part that does not come until the server is said to be back. */
function away(up = false) {
  const server = { up, asked: 0 };
  const load = async () => {
    server.asked++;
    if (!server.up) throw new TypeError("Failed to fetch dynamically imported module");
    return ({ name }: { name: string }) => <Text>Here is {name}</Text>;
  };
  return { server, load };
}

test("a part that does not come says so, and comes when it is asked for again", async () => {
  const { server, load } = away();
  const Part = later(load, LinesFrame);
  show(<Part name="Ana" />);
  expect(screen.getByRole("status", { name: "Loading" })).toBeTruthy();
  expect(await screen.findByRole("alert")).toBeTruthy();
  expect(screen.getByText(/did not send this part/)).toBeTruthy();
  server.up = true;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Here is Ana")).toBeTruthy();
});

test("a part that was loaded ahead is there in the first drawing", async () => {
  const { server, load } = away(true);
  const Part = later(load, LinesFrame);
  await Promise.all([Part.preload(), Part.preload()]);
  expect(server.asked).toBe(1);
  server.up = false;
  show(<Part name="Ana" />);
  expect(screen.getByText("Here is Ana")).toBeTruthy();
});

test("what failed ahead is no news: it is asked for when it is opened", async () => {
  const { server, load } = away();
  const Part = later(load, LinesFrame);
  await Part.preload();
  server.up = true;
  show(<Part name="Ana" />);
  expect(screen.queryByRole("alert")).toBeNull();
  expect(await screen.findByText("Here is Ana")).toBeTruthy();
});

test("a dialog that does not come can be closed", async () => {
  const { load } = away();
  const Part = later<{ name: string; onClose: () => void }>(load, DialogFrame);
  let closed = 0;
  show(<Part name="Ana" onClose={() => closed++} />);
  expect(await screen.findByText(/did not send this part/)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Close" }));
  expect(closed).toBe(1);
});
