/** The one door by which the page makes itself heard: notification, title, icon and sound, from the leading tab only. */
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Pop } from "../api/types";
import { useDial } from "../parts/dial";
import { usePopName } from "../popup/words";
import { usePreferences } from "../settings/preferences";
import { dispatch, useDesk } from "../shell/live";
import { agentAt } from "../state/agents";
import { callerKind } from "../state/callers";
import { otherParty } from "../state/progress";
import { showCount } from "./badge";
import { type Notice, notificationsWanted, notify } from "./notifications";
import { ring } from "./sound";
import type { Told } from "./told";
import { hearWorker, startWorker } from "./worker";

const TITLE = "cti-crm";
const MISSED: readonly Pop["closed_reason"][] = ["caller_gone", "not_answered"];

/** Watches the calls of this agent. Shows nothing itself. */
export default function Notify() {
  const { t } = useTranslation();
  const name = usePopName();
  const choose = useChoice();
  const { chime, volume } = usePreferences();
  const leading = useDesk((desk) => desk.leading);
  const disturb = useDesk((desk) => !agentAt(desk.agents, desk.extension)?.do_not_disturb);
  const pops = useDesk((desk) => desk.pops);
  const shown = useRef(new Map<string, () => void>());
  const rang = useRef(new Set<string>());
  const loud = leading && disturb;
  const all = pops.order.flatMap((id) => pops.byId[id] ?? []);
  const ringing = all.filter((pop) => pop.state === "offered");
  const wanted = ringing.filter((pop) => callerKind(pop) !== "spam");
  const heard = loud && chime !== null && wanted.length > 0;

  useEffect(() => {
    const first = loud ? ringing[0] : undefined;
    if (!first) document.title = TITLE;
    else if (ringing.length === 1) document.title = t("notify.title", { name: name(first) });
    else document.title = t("notify.titleCount", { name: name(first), count: ringing.length });
    showCount(loud ? ringing.length : 0);

    const known = new Set(all.map((pop) => pop.call.id));
    for (const [id, close] of shown.current) {
      const missed = id.startsWith("missed ");
      if (missed ? loud : ringing.some((pop) => pop.call.id === id) && loud) continue;
      close();
      shown.current.delete(id);
    }
    const show = (notice: Notice) => {
      if (!loud || document.hasFocus() || !notificationsWanted() || shown.current.has(notice.id)) return;
      shown.current.set(notice.id, notify(notice, choose));
      forgetOldest(shown.current);
    };
    for (const pop of wanted) {
      if (rang.current.has(pop.call.id)) continue;
      rang.current.add(pop.call.id);
      show({
        id: pop.call.id,
        title: t("notify.title", { name: name(pop) }),
        body: facts(pop),
        told: told(pop),
        buttons: [{ action: "show", title: t("notify.show") }],
        lasting: true,
      });
    }
    for (const pop of all) {
      if (pop.state !== "closed" || !MISSED.includes(pop.closed_reason) || !rang.current.has(pop.call.id)) continue;
      rang.current.delete(pop.call.id);
      const { number } = told(pop);
      show({
        id: `missed ${pop.call.id}`,
        title: t("notify.missed", { name: name(pop) }),
        body: facts(pop),
        told: told(pop),
        buttons: [
          ...(number ? [{ action: "call_back", title: t("notify.callBack") } as const] : []),
          { action: "show", title: t("notify.show") },
        ],
        lasting: false,
      });
    }
    for (const id of rang.current) if (!known.has(id)) rang.current.delete(id);
  });

  useEffect(() => (heard && chime !== null ? ring(chime, volume) : undefined), [heard, chime, volume]);
  useEffect(() => () => showCount(0), []);
  useEffect(() => hearWorker(choose), [choose]);
  useEffect(() => void startWorker(), []);

  return null;
}

/** What a click on a notification does. */
function useChoice(): (told: Told) => void {
  const navigate = useNavigate();
  const { dial } = useDial();
  const latest = useRef<(told: Told) => void>(() => {});
  latest.current = ({ action, callId, number, contactId }) => {
    if (action === "call_back" && number) dial(number, contactId ?? undefined);
    else {
      dispatch({ type: "pops/front", callId });
      if (contactId) void navigate(`/contacts/${contactId}`);
    }
  };
  return useRef((told: Told) => latest.current(told)).current;
}

function told(pop: Pop): Omit<Told, "action"> {
  return {
    callId: pop.call.id,
    number: otherParty(pop.call, pop.agent_extension).number,
    contactId: pop.match.contact?.id ?? null,
  };
}

function facts(pop: Pop): string {
  const { display } = otherParty(pop.call, pop.agent_extension);
  return [pop.match.organization?.name, display, pop.call.queue].filter(Boolean).join(" · ");
}

const REMEMBERED = 20;

/** Notifications of missed calls stay until they are answered; of many, the latest. */
function forgetOldest(shown: Map<string, () => void>): void {
  for (const [id, close] of shown) {
    if (shown.size <= REMEMBERED) break;
    close();
    shown.delete(id);
  }
}
