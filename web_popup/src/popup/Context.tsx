/** What is open with them and what was last: open work first. */
import { Text } from "@mantine/core";
import { IconNote, IconPhoneIncoming, IconPhoneOutgoing } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { CallOutcomeBadge } from "../calls/outcome";
import written from "../notes/notes.module.css";
import { useFormat } from "../parts/format";
import { Outside } from "../parts/parts";
import { useDesk } from "../shell/live";
import { nameOf } from "../state/agents";
import { TaskRow } from "../tasks/TaskRow";
import classes from "./popup.module.css";

export function Context({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const format = useFormat();
  const agents = useDesk((desk) => desk.agents);
  const { context } = pop;
  // The rest follows the name within milliseconds: only if it does not, there is something to say.
  if (!context.complete)
    return (
      <Text c="dimmed" className={classes.late}>
        {t("pop.incomplete")}
      </Text>
    );
  return (
    <>
      {context.open_tasks.length > 0 && (
        <section className={classes.section} data-testid="pop-tasks">
          <h3>{t("pop.openTasks")}</h3>
          <ul className={classes.lines}>
            {context.open_tasks.map((task) => (
              <li key={task.id}>
                <TaskRow task={task} compact />
              </li>
            ))}
          </ul>
        </section>
      )}
      {context.last_note && (
        <section className={classes.section}>
          <h3>
            {t("pop.lastNote")} · {context.last_note.author.name}, {format.moment(context.last_note.updated_at)}
          </h3>
          <blockquote className={written.quote} dir="auto">
            {context.last_note.text}
          </blockquote>
        </section>
      )}
      {context.touchpoints.length > 0 && (
        <section className={classes.section}>
          <h3>{t("pop.lastTouchpoints")}</h3>
          <ul className={classes.lines}>
            {context.touchpoints.map((line) => (
              <li key={line.id} className={classes.line}>
                {line.medium !== "call" ? (
                  <IconNote size={17} aria-hidden />
                ) : line.direction === "outbound" ? (
                  <IconPhoneOutgoing size={17} aria-hidden />
                ) : (
                  <IconPhoneIncoming size={17} aria-hidden />
                )}
                <div>
                  {format.moment(line.at)} {line.agent && `· ${nameOf(agents, line.agent)} `}
                  {line.outcome && <CallOutcomeBadge outcome={line.outcome} />}
                  {line.note && (
                    <Text size="sm" c="dimmed" lineClamp={2}>
                      <Outside>{line.note}</Outside>
                    </Text>
                  )}
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
