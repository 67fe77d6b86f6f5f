/** What is wrong with the connections, in a line above everything, as long as it is. */
import { IconPlugConnectedX, IconWifiOff } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { linksDown } from "../state/links";
import { useDesk } from "./live";
import classes from "./shell.module.css";

const PATIENCE_MS = 1500;

export function Banner() {
  const { t } = useTranslation();
  const live = useDesk((desk) => desk.connection === "live");
  const links = useDesk((desk) => desk.links);
  const [gone, setGone] = useState(false);

  useEffect(() => {
    // A blink of the network is not worth a line.
    const timer = setTimeout(() => setGone(!live), live ? 0 : PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [live]);

  return (
    <div className={classes.banner} role="status">
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
  );
}
