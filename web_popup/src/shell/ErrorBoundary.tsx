/** Where a part of the page fails, the rest goes on. */
import { Button, Stack, Text } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "../parts/parts";

export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const { t } = useTranslation();
  return (
    <Empty title={t("problem.crash")}>
      <Stack align="center" role="alert">
        <Text c="dimmed">{t("problem.crashHint")}</Text>
        <Button onClick={() => location.reload()}>{t("problem.reload")}</Button>
      </Stack>
    </Empty>
  );
}
