export { CancelJob } from "./CancelJob";
export { JobBar } from "./JobBar";
export { JobErrors } from "./JobErrors";
export { JobProgress } from "./JobProgress";
export { cancelJob, hasEnded, type Job, jobErrorsQuery, jobKeys, jobQuery, jobsQuery } from "./queries";
