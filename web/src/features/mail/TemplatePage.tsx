import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Page, ProblemAlert } from "@/shared";
import { emailTemplateQuery } from "./queries";
import { TemplateEditor } from "./TemplateEditor";

const crumbs = [{ to: "/mail", label: "Mail templates" }];
const blank = { key: "", name: "", subject: "", html: "", text: "", class: "marketing" as const };

/** One mail template, or the one that is being made. */
export function TemplatePage() {
  const { key } = useParams({ from: "/inside/mail/$key" });
  const isNew = key === "new";
  const { data, error, refetch } = useQuery({ ...emailTemplateQuery(key), enabled: !isNew });
  return (
    <Page wide crumbs={crumbs} title={isNew ? "New mail template" : data?.name || key}>
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {!isNew && !data && !error && <Skeleton height={360} />}
      {(isNew || data) && <TemplateEditor key={key} template={data ?? blank} exists={!isNew} />}
    </Page>
  );
}
