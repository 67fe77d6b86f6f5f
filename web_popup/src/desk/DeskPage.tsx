/** What managers set up for every desk: the results of calls, and templates of notes. */
import { Anchor, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty, PageTitle } from "../parts/parts";
import { useLive } from "../shell/live";
import { Results } from "./Results";
import { Templates } from "./Templates";

export default function DeskPage() {
  const { t } = useTranslation();
  const { session } = useLive();
  const may = session.role === "manager" || session.role === "admin";
  return (
    <Stack maw={820}>
      <PageTitle title={t("desk.title")}>
        <Anchor component={Link} to="/settings">
          {t("nav.settings")}
        </Anchor>
      </PageTitle>
      {may ? (
        <>
          <Text c="dimmed">{t("desk.lead")}</Text>
          <Results />
          <Templates />
        </>
      ) : (
        <Empty title={t("desk.managersOnly")} />
      )}
    </Stack>
  );
}
