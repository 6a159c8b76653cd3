import { Anchor, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { LiveBadge, Page, ProblemAlert, useLive } from "@/shared";
import { enrollmentQuery, keys, ranQuery } from "../queries";
import { PassageView } from "./PassageView";

/** One passage of one contact, on the version that it runs. */
export function EnrollmentPage() {
  const { id } = useParams({ from: "/inside/enrollments/$id" });
  const one = useQuery(enrollmentQuery(id));
  const ran = useQuery({ ...ranQuery(id, one.data?.version ?? null), enabled: one.isSuccess });
  useLive({ [`enrollment:${id}`]: [keys.one(id)] });
  const problem = one.error ?? ran.error;
  const gone = one.data?.reason === "erased";
  const retry = () => void Promise.all([one.refetch(), ran.refetch()]);
  return (
    <Page
      title={gone ? "Erased contact" : (one.data?.contact.email ?? one.data?.contact.id ?? "Enrollment")}
      crumbs={[{ to: "/enrollments", label: "Enrollments" }]}
      actions={
        <>
          {one.data && !gone && (
            <Anchor component={Link} to={`/contacts/${one.data.contact.id}`} size="sm">
              To the contact
            </Anchor>
          )}
          <LiveBadge />
        </>
      }
      wide
    >
      {problem && <ProblemAlert problem={problem} retry={retry} />}
      {(one.isPending || (one.isSuccess && ran.isPending)) && <Skeleton height={420} />}
      {one.data && ran.data && <PassageView enrollment={one.data} ran={ran.data} />}
    </Page>
  );
}
