import type { Schemas } from "@/api";
import { Instant } from "@/shared";

export type Pause = Schemas["Pause"];

/** Whether a circuit breaker has paused it, and no person. */
export const byBreaker = (pause: Pause | undefined) => pause?.person === "circuit breaker";

/** Who paused, why, since when, and what waits do meanwhile. */
export function PauseFacts({ pause }: { pause: Pause }) {
  const meanwhile = pause.clocks === "freeze" ? "Waits stand still meanwhile." : "Waits go on meanwhile.";
  return (
    <>
      {pause.reason ? `${pause.reason}. ` : ""}
      {!byBreaker(pause) && `By ${pause.person}. `}
      Since <Instant at={pause.since} />. {meanwhile}
    </>
  );
}
