/** The facts of a call, each a few words: for which line, since when, what was keyed in, the language, calls today. */
import {
  IconBuilding,
  IconClock,
  IconDialpad,
  IconHistory,
  IconLanguage,
  IconPlayerPause,
  IconSearch,
  IconUsersGroup,
} from "@tabler/icons-react";
import type { ComponentType, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { duration, useFormat, useNow } from "../parts/format";
import { Outside } from "../parts/parts";
import { useDesk } from "../shell/live";
import { nameOf } from "../state/agents";
import { type CallerKind, callerKind } from "../state/callers";
import { lastAnswered } from "../state/matters";
import { heldBy, talkingSince } from "../state/progress";
import { CallerReason } from "./CallerFace";
import classes from "./popup.module.css";

type Icon = ComponentType<{ size?: number }>;

function Fact({ icon: Icon, name, children }: { icon: Icon; name?: string; children: ReactNode }) {
  return (
    <span className={classes.fact} data-testid={name}>
      <Icon size={15} aria-hidden />
      <span>{children}</span>
    </span>
  );
}

/** Of these the face says already why we think so. */
const SAID_BY_FACE: readonly CallerKind[] = ["ambiguous", "withheld", "colleague", "own_number", "pending"];

/** All that does not change by the second. */
export function Facts({ pop }: { pop: Pop }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const agents = useDesk((desk) => desk.agents);
  const { call, context } = pop;
  const called = call.called.display || call.called.number;
  const answered = lastAnswered(pop);
  return (
    <div className={classes.facts}>
      {!SAID_BY_FACE.includes(callerKind(pop)) && (
        <Fact icon={IconSearch} name="pop-reason">
          <CallerReason pop={pop} />
        </Fact>
      )}
      {call.queue ? (
        <Fact icon={IconUsersGroup}>{t("pop.calledQueue", { queue: call.queue })}</Fact>
      ) : (
        call.direction === "inbound" &&
        called && <Fact icon={IconBuilding}>{t("pop.calledLine", { number: called })}</Fact>
      )}
      {call.entered.map(({ name, value }) => (
        <Fact icon={IconDialpad} name="pop-entered" key={name}>
          {name}{" "}
          <strong>
            <Outside>{value}</Outside>
          </strong>
        </Fact>
      ))}
      {context.language && (
        <Fact icon={IconLanguage} name="pop-language">
          {t("pop.speaks", { language: languageName(context.language, i18n.language) })}
        </Fact>
      )}
      {context.calls_today > 0 && (
        <Fact icon={IconHistory} name="pop-today">
          {t("pop.callsToday", { count: context.calls_today })}
          {answered && (
            <>
              {", "}
              {t("pop.lastAnswered", { name: nameOf(agents, answered.agent), when: format.moment(answered.at) })}
            </>
          )}
        </Fact>
      )}
    </div>
  );
}

/** "French" for "fr"; the tag itself where the browser does not know it. */
export function languageName(tag: string, language: string): string {
  try {
    return new Intl.DisplayNames(language, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** How long they wait or talk, and who has them on hold. */
export function Since({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const agents = useDesk((desk) => desk.agents);
  const { call } = pop;
  const holder = heldBy(call);
  const talking = pop.state === "talking" || pop.state === "wrap_up";
  const since = talking ? talkingSince(call, pop.agent_extension) : pop.waiting_since;
  if (pop.state === "closed" || pop.state === "dialling" || since === null) return null;
  const mine = call.talk.findLast((one) => one.agent === pop.agent_extension);
  const until = pop.state === "wrap_up" ? (mine?.to ?? call.ended_at) : null;
  return (
    <div className={classes.facts}>
      <Fact icon={IconClock} name="pop-since">
        {talking ? (
          <Ticking since={since} until={until} text={(time) => t("pop.talkTime", { time })} />
        ) : (
          <Ticking since={since} until={null} text={(time) => t("pop.waiting", { time })} />
        )}
      </Fact>
      {pop.state === "talking" && holder !== null && (
        <Fact icon={IconPlayerPause}>
          {holder === pop.agent_extension ? t("pop.heldByYou") : t("pop.heldBy", { name: nameOf(agents, holder) })}
        </Fact>
      )}
    </div>
  );
}

function Ticking({ since, until, text }: { since: string; until: string | null; text: (time: string) => string }) {
  const now = useNow();
  const end = until === null ? now : Date.parse(until);
  return <span>{text(duration((end - Date.parse(since)) / 1000))}</span>;
}
