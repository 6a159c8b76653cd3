export { EnrollmentsPage } from "./explorer/EnrollmentsPage";
export { type Filter, readFilter } from "./filter";
export { EnrollmentPage } from "./passage/EnrollmentPage";
export { overlayOf } from "./passage/overlay";
export { passageOf, passageOfSteps } from "./passage/passage";
export { StepList } from "./passage/StepList";
export { enrollmentQuery, keys as enrollmentKeys } from "./queries";
export { whereWords } from "./words";
