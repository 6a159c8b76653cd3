import { Button } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { EmptyState } from "./EmptyState";
import { Page } from "./Page";
import { ProblemAlert } from "./ProblemAlert";

/** What a route shows when it failed. */
export function RouteProblem({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Page title="This page could not be shown">
      <ProblemAlert problem={error} retry={again} />
    </Page>
  );
}

export function NotFound() {
  return (
    <Page title="There is no such page">
      <EmptyState
        icon={Compass}
        title="Nothing is at this address"
        action={
          <Button component={Link} to="/workflows">
            To the workflows
          </Button>
        }
      >
        The address may be old or mistyped.
      </EmptyState>
    </Page>
  );
}
