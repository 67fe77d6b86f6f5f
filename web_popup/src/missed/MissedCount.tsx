/** How many callers wait for me or for anybody, beside the link in the navigation. */
import { useTranslation } from "react-i18next";
import { useDesk, useLive } from "../shell/live";
import classes from "./count.module.css";

export function MissedCount() {
  const { t } = useTranslation();
  const { session } = useLive();
  const missed = useDesk((desk) => desk.missed);
  const waiting = missed.unclaimed + (missed.claimed[session.user.id] ?? 0);
  if (waiting === 0) return null;
  return (
    <span className={classes.count} data-testid="missed-count">
      <span aria-hidden>{waiting > 99 ? "99+" : waiting}</span>
      <span className="visually-hidden">{t("missed.waiting", { count: waiting })}</span>
    </span>
  );
}
