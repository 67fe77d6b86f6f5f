import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { PageTitle } from "../parts/parts";

export default function NotFound() {
  const { t } = useTranslation();
  return (
    <>
      <PageTitle title={t("problem.pageMissing")} />
      <Anchor component={Link} to="/contacts">
        {t("problem.toStart")}
      </Anchor>
    </>
  );
}
