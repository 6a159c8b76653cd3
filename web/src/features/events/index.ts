export { Verdicts } from "./EventItem";
export { EventsPage } from "./EventsPage";
export { eventTypesQuery, type LoggedEvent } from "./queries";
export { SendEventButton } from "./SendEventButton";
export { readData, sampleData } from "./sample";
export { verdictWords } from "./words";
