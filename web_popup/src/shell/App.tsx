/** Providers, and the fork between signed in and not. */
import "./mantine.css";
import "./theme.css";
import { Center, Loader, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useCallback } from "react";
import { useTranslation } from "react-i18next";
import { BrowserRouter } from "react-router";
import { setCsrfToken, whenSignedOut } from "../api/client";
import { ProblemError } from "../api/errors";
import { changeSession, useSession } from "../api/queries";
import { DialProvider } from "../parts/dial";
import { Problem } from "../parts/parts";
import { useAppearance } from "./appearance";
import { ErrorBoundary } from "./ErrorBoundary";
import { Live } from "./live";
import { Offline } from "./Offline";
import { Shell } from "./Shell";
import { SignIn } from "./SignIn";
import { theme } from "./theme";

const Toasts = lazy(() => import("./Toasts"));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 60_000,
      retry: (failures, error) => error instanceof ProblemError && error.passing && failures < 2,
    },
    // What a call left behind need not be kept for minutes: sixty calls a day leave a lot.
    mutations: { gcTime: 10_000 },
  },
});

whenSignedOut(() => changeSession(queries, null));

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <ErrorBoundary>
            <Entrance />
          </ErrorBoundary>
        </BrowserRouter>
      </QueryClientProvider>
      <Suspense>
        <Toasts />
      </Suspense>
    </MantineProvider>
  );
}

function Entrance() {
  const { t } = useTranslation();
  const session = useSession();
  const { refetch } = session;
  const retry = useCallback(() => void refetch(), [refetch]);
  useAppearance();
  if (session.isPending) {
    return (
      <Center mih="100dvh" role="status" aria-label={t("common.loading")}>
        <Loader />
      </Center>
    );
  }
  if (session.data === undefined) {
    const away = session.error instanceof ProblemError && session.error.passing;
    if (away) return <Offline retry={retry} />;
    return (
      <Center mih="100dvh" p="md">
        <Problem error={session.error} retry={() => void session.refetch()} />
      </Center>
    );
  }
  if (session.data === null) return <SignIn />;
  setCsrfToken(session.data.csrf_token);
  return (
    <Live session={session.data} key={session.data.user.id}>
      <DialProvider>
        <Shell />
      </DialProvider>
    </Live>
  );
}
