/** How a call came about: event by event what the PBX said, what was made of it, where it popped, and why this contact. */
import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useExplanation } from "../api/queries";
import type { CallRecord, Explanation as Explained } from "../api/types";
import type { en } from "../i18n/en";
import { useFormat } from "../parts/format";
import { Loading, Outside, Problem } from "../parts/parts";
import { useDesk } from "../shell/live";
import { nameOf } from "../state/agents";
import { StepWords } from "./CallSteps";
import classes from "./calls.module.css";

type Event = Explained["events"][number];

export default function Explanation({ call }: { call: CallRecord }) {
  const { t } = useTranslation();
  const query = useExplanation(call.id);
  if (query.isPending) return <Loading />;
  const found = query.data;
  if (!found) return <Problem error={query.error} retry={() => void query.refetch()} />;
  return (
    <Stack gap="sm">
      {found.match && <Matched match={found.match} />}
      {found.recorded ? (
        <>
          {found.masked && (
            <Text size="sm" c="dimmed">
              {t("explain.masked")}
            </Text>
          )}
          <ol className={classes.explained}>
            {found.events.map((event, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: what was recorded does not change
              <li key={index} data-quiet={event.steps.length + event.pops.length === 0 || undefined}>
                <EventLine event={event} />
              </li>
            ))}
          </ol>
        </>
      ) : (
        <Text size="sm">{t("explain.notRecorded")}</Text>
      )}
    </Stack>
  );
}

function Matched({ match }: { match: NonNullable<Explained["match"]> }) {
  const { t } = useTranslation();
  return (
    <Text size="sm">
      <b>{t("explain.contact")}</b>{" "}
      {match.assigned_by
        ? t("explain.assigned", { name: match.assigned_by })
        : t(`match.${match.reason}`, { extension: "" })}
    </Text>
  );
}

function EventLine({ event }: { event: Event }) {
  const { t } = useTranslation();
  const format = useFormat();
  const agents = useDesk((desk) => desk.agents);
  return (
    <>
      <time dateTime={event.at}>{format.time(event.at)}</time>
      <div>
        <details>
          <summary>
            {event.event} <Outside>{event.channel}</Outside>
          </summary>
          <pre>
            <Outside>{event.text}</Outside>
          </pre>
        </details>
        {event.steps.map((step) => (
          <p key={`${step.what} ${step.who} ${step.detail}`}>
            → <StepWords step={step} name={(one) => nameOf(agents, one)} />
          </p>
        ))}
        {event.pops.map((pop) => (
          <p key={pop.extension}>
            ▸ <Outside>{nameOf(agents, pop.extension)}</Outside>: {t(`pop.state.${pop.state as PopState}`)}
            {pop.reason && ` – ${t(`explain.reason.${pop.reason as Reason}`)}`}
            {pop.by && (
              <>
                {" "}
                (<Outside>{nameOf(agents, pop.by)}</Outside>)
              </>
            )}
          </p>
        ))}
      </div>
    </>
  );
}

type PopState = keyof typeof en.pop.state;
type Reason = keyof typeof en.explain.reason;
