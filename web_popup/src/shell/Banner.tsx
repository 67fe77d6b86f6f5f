/** What is wrong with the connections, in a line above everything, as long as it is. */
import { Button } from "@mantine/core";
import { IconPlugConnectedX, IconSparkles, IconWifiOff } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { lookForUpdate, takeUpdate, updateWaits, whenUpdateWaits } from "../notify/worker";
import { linksDown } from "../state/links";
import { useDesk } from "./live";
import classes from "./shell.module.css";

const WrapUpLine = lazy(() => import("../popup/WrapUp"));

const PATIENCE_MS = 1500;

export function Banner() {
  const { t } = useTranslation();
  const live = useDesk((desk) => desk.connection === "live");
  const links = useDesk((desk) => desk.links);
  const outdated = useDesk((desk) => desk.outdated);
  const waits = useSyncExternalStore(whenUpdateWaits, updateWaits);
  const [gone, setGone] = useState(false);

  useEffect(() => {
    // A blink of the network is not worth a line.
    const timer = setTimeout(() => setGone(!live), live ? 0 : PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [live]);

  // A service that comes back may be a newer one.
  useEffect(() => {
    if (live) void lookForUpdate();
  }, [live]);

  return (
    <div className={classes.banner}>
      <div role="status">
        {(waits || outdated) && (
          <div className={`${classes.bannerLine} ${classes.bannerNews}`}>
            <IconSparkles size={18} aria-hidden />
            <span>{t("update.waits")}</span>
            <Button size="compact-sm" variant="default" onClick={takeUpdate}>
              {t("update.take")}
            </Button>
          </div>
        )}
        {gone && (
          <div className={classes.bannerLine}>
            <IconWifiOff size={18} aria-hidden />
            {t("connection.offlineBanner")}
          </div>
        )}
        {!gone &&
          linksDown(links).map((link) => (
            <div className={classes.bannerLine} key={link.pbx}>
              <IconPlugConnectedX size={18} aria-hidden />
              <span>
                {t("connection.pbxDown", { pbx: link.pbx })}
                {link.message && ` – ${link.message}`}
              </span>
            </div>
          ))}
      </div>
      <Suspense>
        <WrapUpLine />
      </Suspense>
    </div>
  );
}
