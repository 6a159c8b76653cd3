import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ApiProblem, sessionQuery } from "@/api";
import { styleNonce } from "@/shared";
import { makeRouter } from "./router";
import { theme, variables } from "./theme";

/** A session that has ended anywhere is noticed everywhere: the router leads to the sign-in. */
function ended(problem: Error) {
  if (!(problem instanceof ApiProblem) || problem.status !== 401) return;
  client.setQueryData(sessionQuery.queryKey, null);
  void router.invalidate();
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError: ended }),
  mutationCache: new MutationCache({ onError: ended }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, problem) =>
        count < 3 && !(problem instanceof ApiProblem && problem.status >= 400 && problem.status < 500),
    },
  },
});
const router = makeRouter(client);

export function App() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      cssVariablesResolver={variables}
      getStyleNonce={styleNonce}
    >
      <Notifications position="bottom-right" />
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
