/** Click-to-dial: one call at a time, dialled once however often it is clicked. */
import { notifications } from "@mantine/notifications";
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { api, ok, uniqueKey } from "../api/client";
import { ProblemError } from "../api/errors";
import { usePreferences } from "../settings/preferences";
import { useDesk } from "../shell/live";
import { agentAt } from "../state/agents";
import { useProblemText } from "./parts";

interface Dial {
  dial(number: string, contactId?: string): void;
  /** The number being called from this page now, from the click until the call is under way or over. */
  busyWith: string | null;
}

const AskBeforeDial = lazy(() => import("./AskBeforeDial"));
const DialContext = createContext<Dial>({ dial: () => {}, busyWith: null });
const GIVE_UP_MS = 60_000;

export function DialProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const [pending, setPending] = useState<{ number: string; callId: string | null } | null>(null);
  const busy = useRef(false);
  const seen = useRef(false);
  const chosen = usePreferences().device;
  // Chosen by somebody else in this browser, or theirs no more: then their first phone, as if none were chosen.
  const own = useDesk((desk) => agentAt(desk.agents, desk.extension)?.devices);
  const wanted = useRef<string | null>(null);
  wanted.current = own?.find((one) => one.pbx === chosen?.pbx && one.device === chosen.device)?.device ?? null;
  const state = useDesk((desk) => (pending?.callId ? desk.pops.byId[pending.callId]?.state : undefined));

  const release = useCallback(() => {
    busy.current = false;
    seen.current = false;
    setPending(null);
  }, []);

  const [asking, setAsking] = useState<{ number: string; contactId?: string; reason: string } | null>(null);

  const dial = useCallback(
    (number: string, contactId?: string, confirmed = false) => {
      if (busy.current) return;
      busy.current = true;
      setPending({ number, callId: null });
      const body = { number, contact_id: contactId ?? null, device: wanted.current, confirmed };
      ok(api.POST("/api/v1/calls", { body, headers: { "Idempotency-Key": uniqueKey() } })).then(
        (call) => setPending({ number, callId: call.call_id }),
        (error: unknown) => {
          release();
          if (error instanceof ProblemError && error.code === "do_not_call")
            return setAsking({ number, contactId, reason: error.field("number") ?? "" });
          notifications.show({ color: "red", title: t("dial.notPossible"), message: problemText(error) });
        },
      );
    },
    [t, problemText, release],
  );

  useEffect(() => {
    if (!pending?.callId) return;
    if (state === "dialling") seen.current = true;
    else if (state !== undefined || seen.current) release();
    const timer = setTimeout(release, GIVE_UP_MS);
    return () => clearTimeout(timer);
  }, [pending, state, release]);

  const value = useMemo(() => ({ dial, busyWith: pending?.number ?? null }), [dial, pending]);
  const call = () => {
    if (!asking) return;
    setAsking(null);
    dial(asking.number, asking.contactId, true);
  };
  return (
    <DialContext value={value}>
      {children}
      <Suspense>{asking && <AskBeforeDial {...asking} call={call} close={() => setAsking(null)} />}</Suspense>
    </DialContext>
  );
}

export const useDial = () => useContext(DialContext);
