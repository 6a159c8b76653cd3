import { queryOptions } from "@tanstack/react-query";
import { api, call, idempotencyKey, type Schemas } from "@/api";

export type Template = Schemas["GalleryTemplate"];
export type Blank = Schemas["GalleryBlank"];
export type Thing = Schemas["GalleryThing"];
export type Answers = Record<string, unknown>;

export const galleryQuery = () =>
  queryOptions({
    queryKey: ["gallery"],
    queryFn: ({ signal }) => call(api.GET("/v1/templates", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export function install(key: string, name: string, answers: Answers, dryRun: boolean) {
  return call(
    api.POST("/v1/templates/{key}/install", {
      params: { path: { key }, header: dryRun ? {} : { "Idempotency-Key": idempotencyKey() } },
      body: { dry_run: dryRun, answers, ...(name.trim() ? { name: name.trim() } : {}) },
    }),
  );
}

/** What is sent of the answers: blanks that were left as they are stay out. */
export function given(blanks: Blank[], answers: Answers): Answers {
  return Object.fromEntries(
    blanks.flatMap((blank) => {
      const answer = answers[blank.key];
      return answer === undefined || answer === "" || answer === blank.default ? [] : [[blank.key, answer]];
    }),
  );
}

export const kindWords: Record<Thing["kind"], string> = {
  pipeline: "pipeline",
  stage: "stage",
  course: "course",
  email_template: "mail template",
  file: "file",
  field: "field",
  secret: "secret",
  workflow: "workflow",
};
