import { afterEach } from "vitest";
import { Window } from "./browser";

// Every story, also one that forgets to ask: no error in the console, nothing that the policy
// refuses, no request to another host.
afterEach(() => Window.closeAll());
