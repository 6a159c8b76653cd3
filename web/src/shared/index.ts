export { ago, localTime, ownZone } from "./time";
export { EmptyState } from "./ui/EmptyState";
export { HtmlFrame } from "./ui/HtmlFrame";
export { Instant } from "./ui/Instant";
export { Page } from "./ui/Page";
export { notifyProblem, ProblemAlert, problemWords } from "./ui/ProblemAlert";
export { NotFound, RouteProblem } from "./ui/RouteProblem";
export { SkipLink } from "./ui/SkipLink";
export { StatusBadge } from "./ui/StatusBadge";
