import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import type { Definition } from "@/graph";
import { someSpecs } from "@/graph/fixtures";
import { show } from "@/test/render";
import type { Flight, PublishResult } from "../queries";
import { asked, atFirst } from "./flight";
import { PeopleInside } from "./PeopleInside";

vi.mock("../page/context", () => ({ useBuilder: () => ({ specs: someSpecs }) }));
vi.mock("./Places", () => ({ Places: () => null }));

const from: Definition = { key: "x", start: "old", nodes: { old: { type: "wait", name: "Old pause" } } };
const to: Definition = { key: "x", start: "fresh", nodes: { fresh: { type: "wait", name: "New pause" } } };

function open(result: Partial<PublishResult>) {
  const seen: { flight: Flight } = { flight: atFirst };
  const whole: PublishResult = {
    version: 2,
    hash: "h",
    changed: true,
    in_flight: { stay: 412, migrate: 0, exit: 0 },
    problems: [],
    ...result,
  };
  function Holder() {
    const [flight, setFlight] = useState(atFirst);
    seen.flight = flight;
    const change = (more: Partial<Flight>) => setFlight((now) => ({ ...now, ...more }));
    return <PeopleInside result={whole} flight={flight} onFlight={change} from={from} to={to} isOld={false} />;
  }
  show(<Holder />);
  return seen;
}

test("nobody inside needs no answer", () => {
  open({ in_flight: { stay: 0, migrate: 0, exit: 0 } });
  expect(screen.getByText(/Nobody is inside/)).toBeTruthy();
});

test("people are moved with a map, what becomes of the others, and a pace for those who would go at once", async () => {
  const seen = open({
    nodes: [{ node: "old", waiting: 412, becomes: null, fires_now: 412, class: "deleted", way: "stay" }],
    leaving: { count: 412, limit: 100, decide: true, spread: "100/1h", until: "2026-03-09T08:00:00Z" },
  });
  expect(screen.getByText(/412 people are inside/)).toBeTruthy();
  expect(screen.queryByText("412 people would go on at once")).toBeNull();
  await userEvent.click(screen.getByLabelText("Go on in the new version"));
  expect(screen.getByText("412 people would go on at once")).toBeTruthy();
  await userEvent.click(screen.getByLabelText("They wait anew"));
  await userEvent.click(screen.getByLabelText("Go on behind the step that is gone"));
  await userEvent.click(screen.getByLabelText("Spread them: 100 in 1h"));
  const pace = screen.getByLabelText("Pace");
  await userEvent.clear(pace);
  await userEvent.type(pace, "50/2h");
  const target = screen.getByRole("combobox", { name: "Who stands in Old pause goes on in" });
  await userEvent.click(target);
  await userEvent.keyboard("{ArrowDown}{Enter}");
  expect(asked(seen.flight)).toEqual({
    in_flight: "migrate",
    retime: "restart",
    on_missing: "next",
    spread: "50/2h",
    map: { old: "fresh" },
    rate: "50/1s",
  });
  await userEvent.click(screen.getByLabelText("Leave now"));
  expect(asked(seen.flight)).toEqual({ ...atFirst, in_flight: "exit" });
});
