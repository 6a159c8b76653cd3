export { EnrollmentsPage } from "./explorer/EnrollmentsPage";
export { type Filter, readFilter } from "./filter";
export { EnrollmentPage } from "./passage/EnrollmentPage";
export { whereWords } from "./words";
