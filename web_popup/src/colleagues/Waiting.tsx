/** How many callers wait in a queue, and the longest of them how long. */
import { IconClockHour4, IconUsersGroup } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Queue } from "../api/types";
import classes from "./colleagues.module.css";
import { Since } from "./Since";

export function Waiting({ queue, stale }: { queue: Queue; stale: boolean }) {
  const { t } = useTranslation();
  if (queue.waiting === 0) return <span className={classes.quiet}>{t("queues.nobodyWaits")}</span>;
  return (
    <span className={classes.waiting}>
      <IconUsersGroup size={16} aria-hidden />
      {t("queues.waiting", { count: queue.waiting })}
      {!stale && (
        <span className={classes.longest} title={t("queues.longest")}>
          <IconClockHour4 size={15} aria-hidden />
          <Since at={queue.longest_wait_since} />
        </span>
      )}
    </span>
  );
}
