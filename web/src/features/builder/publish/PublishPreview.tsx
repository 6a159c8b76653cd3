import { Alert, Stack, Text, Title } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { useMemo } from "react";
import { BeforeEnabling } from "@/features/backtest";
import type { Selection } from "@/graph";
import { useBuilder, useDefinition } from "../page/context";
import { ProblemList } from "../problems/ProblemList";
import { placesOf } from "../problems/places";
import type { Flight, PublishResult } from "../queries";
import { isOfTests } from "../tests/results";
import { TestResults } from "../tests/TestResults";
import { PeopleInside } from "./PeopleInside";
import { usePublished } from "./usePublished";
import { WhatChanges } from "./WhatChanges";

type Props = {
  result: PublishResult;
  flight: Flight;
  onFlight: (change: Partial<Flight>) => void;
  isOld: boolean;
  onOpen: (target: Selection) => void;
  onFixed: () => Promise<void>;
};

/** What the server says that publishing would do. */
export function PublishPreview({ result, flight, onFlight, isOld, onOpen, onFixed }: Props) {
  const { specs, workflow, flush } = useBuilder();
  const definition = useDefinition();
  const from = usePublished();
  // What came of tests stands with them.
  const places = useMemo(
    () => placesOf(result.tests ? result.problems.filter((p) => !isOfTests(p)) : result.problems, definition, specs),
    [result, definition, specs],
  );
  const errors = result.problems.filter((p) => p.severity === "error").length;
  return (
    <Stack gap="lg">
      {errors > 0 && (
        <Alert
          color="red"
          variant="light"
          icon={<CircleAlert aria-hidden />}
          title={errors === 1 ? "One thing is left to do" : `${errors} things are left to do`}
        >
          It can be published once they are done.
        </Alert>
      )}
      {places.length > 0 && (
        <section aria-label="Problems">
          <ProblemList places={places} onOpen={onOpen} onFixed={onFixed} />
        </section>
      )}
      {result.tests && (
        <section aria-label="Tests">
          <Title order={3} size="h5" mb="xs">
            Tests
          </Title>
          <TestResults
            report={result.tests}
            problems={result.problems}
            definition={definition}
            specs={specs}
            onOpen={(id) => onOpen({ kind: "step", id })}
          />
        </section>
      )}
      <section aria-label="Changes">
        <Title order={3} size="h5" mb="xs">
          What changes
        </Title>
        <WhatChanges
          version={workflow.version}
          to={definition}
          name="your draft"
          onOpen={(id) => onOpen({ kind: "step", id })}
        />
      </section>
      {result.changed && errors === 0 && (
        <section aria-label="Who would enter">
          <Title order={3} size="h5" mb="xs">
            Who would enter
          </Title>
          <BeforeEnabling
            workflow={workflow.key}
            hash={result.hash}
            triggers={definition.triggers ?? []}
            whenSaved={flush}
          />
        </section>
      )}
      {result.changed ? (
        <PeopleInside result={result} flight={flight} onFlight={onFlight} from={from} to={definition} isOld={isOld} />
      ) : (
        <Text size="sm">The draft is the same as version {result.version}. There is nothing to publish.</Text>
      )}
    </Stack>
  );
}
