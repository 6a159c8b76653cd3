export {
  ApiProblem,
  api,
  asProblem,
  call,
  callWithResponse,
  type FieldError,
  idempotencyKey,
  type Schemas,
} from "./client";
export { allows, type Scope, type Session, sessionQuery, signIn, signOut, useSession } from "./session";
