import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ComponentProps, useState } from "react";
import { beforeEach, expect, test } from "vitest";
import { show } from "@/test/render";
import { FormProvider } from "../form/FormProvider";
import type { Widget } from "../form/scope";
import type { Schema } from "../model/schema";
import { serveForms } from "../testing";
import { CronWidget } from "./CronWidget";
import { readCron, writeCron } from "./cron";
import { RateWidget } from "./RateWidget";
import { TimesPreview } from "./TimesPreview";

const ana = { id: "c1", first_name: "Ana", last_name: "Berg", email: "ana@example.com", external_id: null };
const monday = {
  words: "Every Monday at 09:00",
  note: null,
  times: [{ at: "2026-03-09T08:00:00Z", local: "Mon 9 Mar 2026 09:00", until: null, until_local: null }],
  timezone: "Europe/Berlin",
  timezone_source: "trigger",
  problems: [],
};

function serveTimes(answer: object = monday) {
  return serveForms({
    "GET /v1/contacts": () => ({ items: [ana], next: null }),
    "POST /v1/preview/times": () => answer,
  });
}

beforeEach(() => localStorage.clear());

/** Draws one field alone, and keeps what is made of its value. */
function openField(Widget: Widget, schema: Schema, value: unknown) {
  const seen = { value };
  const ui = schema["x-ui"] ?? {};
  function Holder() {
    const [now, setNow] = useState(value);
    const take = (next: unknown) => {
      seen.value = next;
      setNow(next);
    };
    const shared = { schema, ui, label: "Rhythm", required: false, pointer: "/x", readOnly: false };
    return (
      <FormProvider context={{ workflow: "shop" }} problems={[]}>
        <Widget
          {...shared}
          placeholder={ui.placeholder}
          value={now}
          onChange={take}
          siblings={{}}
          onSiblings={() => {}}
        />
      </FormProvider>
    );
  }
  show(<Holder />);
  return seen;
}

function openPreview(what: ComponentProps<typeof TimesPreview>["what"], value: unknown) {
  show(
    <FormProvider context={{ workflow: "shop" }} problems={[]}>
      <TimesPreview what={what} value={value} />
    </FormProvider>,
  );
}

test.each([
  ["5 * * * *", { often: "hour", time: "00:05", days: [], date: 1 }],
  ["30 8 * * *", { often: "day", time: "08:30", days: [], date: 1 }],
  ["0 9 * * mon-fri", { often: "week", time: "09:00", days: ["mon", "tue", "wed", "thu", "fri"], date: 1 }],
  ["0 9 * * 0,3", { often: "week", time: "09:00", days: ["wed", "sun"], date: 1 }],
  ["0 9 * * 6-7", { often: "week", time: "09:00", days: ["sat", "sun"], date: 1 }],
  ["0 9 15 * *", { often: "month", time: "09:00", days: [], date: 15 }],
])("%s is shown as a form", (cron, plan) => {
  expect(readCron(cron)).toEqual(plan);
  const read = readCron(cron);
  if (read && read.often !== "cron") expect(readCron(writeCron({ ...read, often: read.often }))).toEqual(plan);
});

test.each([
  "*/15 * * * *",
  "0 9,17 * * *",
  "0 9 1 * 1",
  "0 9 * 6 *",
  "0 9 * * mon#1",
  "61 9 * * *",
  "0 9 32 * *",
  "daily",
])("%s is left as it is written", (cron) => expect(readCron(cron)).toBeUndefined());

test("a schedule is said by what it does", async () => {
  serveTimes();
  const seen = openField(CronWidget, {}, "0 9 * * mon");
  await userEvent.click(screen.getByLabelText("Wednesday"));
  expect(seen.value).toBe("0 9 * * mon,wed");
  const time = screen.getByLabelText("Time of day");
  await userEvent.clear(time);
  await userEvent.type(time, "930");
  await userEvent.tab();
  expect(seen.value).toBe("30 9 * * mon,wed");
  await userEvent.click(screen.getByLabelText("Monday"));
  await userEvent.click(screen.getByLabelText("Wednesday"));
  expect(seen.value).toBe("30 9 * * wed");
});

test("what a form cannot say is written as cron", async () => {
  serveTimes();
  const seen = openField(CronWidget, {}, "*/15 * * * *");
  const text = screen.getByRole("textbox", { name: "Rhythm" });
  await userEvent.type(text, "{End}{Backspace}1");
  expect(seen.value).toBe("*/15 * * * 1");
  expect(screen.getByRole("textbox", { name: "Rhythm" })).toBe(text);
});

test("a rate is a count in a length of time; half of it may be missing while it is typed", async () => {
  serveTimes();
  const seen = openField(RateWidget, { "x-ui": { placeholder: "100/1h" } }, "100/1h");
  const per = screen.getByLabelText("Rhythm, in");
  await userEvent.clear(per);
  expect(seen.value).toBe("100/");
  await userEvent.type(per, "2");
  expect(seen.value).toBe("100/2h");
  await userEvent.clear(screen.getByLabelText("Rhythm"));
  expect(seen.value).toBeUndefined();
});

test("the server says what a schedule means and when it comes next", async () => {
  const calls = serveTimes();
  openPreview("schedule", { cron: "0 9 * * mon" });
  expect(await screen.findByText("Every Monday at 09:00")).toBeTruthy();
  expect(screen.getByText("Mon 9 Mar 2026 09:00")).toBeTruthy();
  expect(screen.getByText(/in the schedule's zone \(Europe\/Berlin\)/)).toBeTruthy();
  const sent = calls.findLast((one) => one.call === "POST /v1/preview/times");
  expect(sent?.body).toEqual({ what: "schedule", with: { cron: "0 9 * * mon" }, workflow: "shop" });
});

test("a date is shown for the chosen contact", async () => {
  const calls = serveTimes({ ...monday, words: "On contact.born, every year", timezone_source: "contact" });
  openPreview("date", { field: "contact.born", yearly: true });
  expect(await screen.findByText(/Next for Ana Berg, in the contact's zone/)).toBeTruthy();
  await waitFor(() =>
    expect(calls.findLast((one) => one.call === "POST /v1/preview/times")?.body).toMatchObject({ contact: "c1" }),
  );
});

test("a rate that cannot be read says why", async () => {
  const problems = [{ severity: "error", path: "/rate", message: '"often" is not a rate', hint: "100/1h" }];
  const calls = serveTimes({ ...monday, words: null, times: [], problems });
  openPreview("send_rate", "often");
  expect(await screen.findByText(/Not yet: "often" is not a rate/)).toBeTruthy();
  expect(calls.at(-1)?.body).toMatchObject({ what: "send_rate", with: { rate: "often" } });
});
