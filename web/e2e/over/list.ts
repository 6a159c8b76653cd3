import type { Page } from "playwright-core";

/** Something that opens over a page: by a button, or by an entry of the menu behind it. */
export type Over = {
  button: string | RegExp;
  item?: RegExp;
  /** What is done before the button is there. */
  first?: (page: Page) => Promise<void>;
  /** What is done when it is open, before it is looked at. */
  after?: (page: Page) => Promise<void>;
};

/** A page, and what opens over it. */
export type Place = { path: string; all: Over[] };

const buttons = (...names: (string | RegExp)[]): Over[] => names.map((button) => ({ button }));
const menu = (button: string | RegExp, ...items: string[]): Over[] => [
  { button },
  ...items.map((item) => ({ button, item: new RegExp(`^${item}( |$)`) })),
];

/** Selects all rows of a list. */
const selected = async (page: Page) => {
  await page.getByLabel("Select all that are shown").check();
};

const tab = (name: string) => async (page: Page) => {
  await page.getByRole("tab", { name, exact: true }).click();
};

/** Chooses that the people inside go on in the new version: those who would go at once are counted. */
const moved = async (page: Page) => {
  await page.getByLabel("Go on in the new version").check();
  await page
    .getByText(/would go on at once|goes? on at once/)
    .first()
    .waitFor();
};

/** Waits until the server has said who is inside. */
const counted = async (page: Page) => {
  await page.getByRole("button", { name: "Publish again", exact: true, disabled: false }).waitFor();
};

/** Everything that opens over a page of a program that is furnished, and has the workflow "course". */
export function overAll(contact: string, enrollment: string): Place[] {
  return [
    { path: "/workflows", all: [...buttons(/^Signed in as/), ...buttons("New workflow")] },
    { path: "/gallery", all: buttons("Use Birthday") },
    {
      path: "/workflows/course?view=outline",
      all: [
        ...menu("More", "Duplicate workflow …", "Replace by a file …", "Keys", "Pause …", "Stop …", "Archive …"),
        ...buttons("Find a step", "Add trigger", "Add exit", /^Add a step after/, /^Add a step where/),
        ...menu(
          "What can be done with Which way",
          "Move …",
          "Add in another way …",
          "Lead to another step …",
          "Delete",
        ),
        { button: "Publish", after: moved },
        { button: "Publish again …", first: tab("Versions"), after: counted },
      ],
    },
    { path: "/workflows/every?view=outline", all: buttons("All problems") },
    {
      path: "/workflows/every?step=email",
      all: buttons(/^Insert field into/),
    },
    { path: "/enrollments?workflow=consulting", all: menu(/^Actions for ida/, "Retry", "Skip", "Move", "Exit") },
    {
      path: "/enrollments?workflow=consulting&",
      all: menu("Actions", "Retry", "Skip", "Move", "Exit").map((one) => ({ ...one, first: selected })),
    },
    { path: enrollment, all: buttons("Skip", "Hold", "Move", "Exit") },
    { path: "/failures", all: buttons(/^Retry all/, "Skip the step for all") },
    { path: "/contacts", all: buttons("New contact") },
    {
      path: contact,
      all: buttons("Edit", "Enroll", "Send a test event", "Merge", "Erase", "Change consent to marketing mail"),
    },
    { path: "/events", all: buttons("Send a test event") },
    { path: "/pipelines?pipeline=sales", all: buttons("New pipeline", "New deal", "Move Website") },
    { path: "/mail/welcome-packet", all: buttons("Delete") },
    { path: "/settings?tab=keys", all: buttons("New key") },
    { path: "/settings?tab=secrets", all: buttons("Remove") },
    { path: "/settings?tab=alarms", all: buttons("Add a channel") },
  ];
}
