/** /dial?number=...: where telephone links of other pages lead. One key dials; nothing is dialled by itself. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { IconPhone } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { useDial } from "../parts/dial";
import { Card, Empty, Outside, PageTitle } from "../parts/parts";
import { linkedNumber } from "./linkedNumber";

export default function DialPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { dial, busyWith } = useDial();
  const [search] = useSearchParams();
  const number = linkedNumber(search.get("number"));
  const leave = () => void navigate("/contacts", { replace: true });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) void navigate("/contacts", { replace: true });
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [navigate]);
  if (!number) return <Empty title={t("dialPage.none")} />;
  const call = () => {
    dial(number);
    leave();
  };
  return (
    <Stack maw={480}>
      <PageTitle title={t("dialPage.title")} />
      <Card p={24}>
        <Stack>
          <Text size="xl" fw={680} data-testid="dial-number">
            <Outside>{number}</Outside>
          </Text>
          <Group gap="xs">
            <Button leftSection={<IconPhone size={18} />} disabled={busyWith !== null} onClick={call} autoFocus>
              {t("dialPage.call")}
            </Button>
            <Button variant="default" onClick={leave}>
              {t("common.cancel")}
            </Button>
          </Group>
          <Text size="sm" c="dimmed">
            {t("dialPage.hint")}
          </Text>
        </Stack>
      </Card>
    </Stack>
  );
}
