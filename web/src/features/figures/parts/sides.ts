import type { Analytics } from "../queries";

/** The figures of one version, or of all, under the name that they have in a comparison. */
export type Side = { label: string; data: Analytics };

/** What is compared, named by what the answers are about. */
export const sidesOf = (...answers: (Analytics | undefined)[]): Side[] =>
  answers.flatMap((data) => (data ? [{ data, label: data.version ? `v${data.version}` : "all" }] : []));
