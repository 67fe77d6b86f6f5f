/** What managers set up for every desk: the results of calls, and templates of notes. */
import { Anchor, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty, PageTitle } from "../parts/parts";
import { useLive } from "../shell/live";
import classes from "./desk.module.css";
import { Results } from "./Results";
import { Templates } from "./Templates";

export default function DeskPage() {
  const { t } = useTranslation();
  const { session } = useLive();
  const may = session.role === "manager" || session.role === "admin";
  return (
    <div className={classes.page}>
      <PageTitle title={t("desk.title")} lead={may && t("desk.lead")}>
        <Anchor component={Link} to="/settings">
          {t("nav.settings")}
        </Anchor>
      </PageTitle>
      {may ? (
        <Stack>
          <Results />
          <Templates />
        </Stack>
      ) : (
        <Empty title={t("desk.managersOnly")} />
      )}
    </div>
  );
}
