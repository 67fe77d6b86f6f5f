/** Contacts from a file: dropped or chosen, with a progress bar, and each line that was left out. */
import { Button, FileButton, Group, Progress, Stack, Table, Text, Title } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type DragEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { uploadContacts } from "../api/client";
import { stale, useImport } from "../api/queries";
import type { Import } from "../api/types";
import { useFormat } from "../parts/format";
import { Card, PageTitle, Problem } from "../parts/parts";
import classes from "./contacts.module.css";

export default function ImportPage() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const upload = useMutation({ mutationFn: uploadContacts });
  const progress = useImport(upload.data);
  const state = progress.data?.state;
  useEffect(() => {
    if (state === "finished") stale(queries, ["contacts", "organizations", "timeline"]);
  }, [state, queries]);

  return (
    <>
      <PageTitle title={t("import.title")}>
        <Button component={Link} to="/contacts" variant="default">
          {t("common.back")}
        </Button>
      </PageTitle>
      <Stack>
        <Text c="dimmed">{t("import.lead")}</Text>
        {!upload.data && <Drop pending={upload.isPending} take={(file) => upload.mutate(file)} />}
        {upload.isError && <Problem error={upload.error} />}
        {progress.isError && <Problem error={progress.error} retry={() => void progress.refetch()} />}
        {progress.data && <Report report={progress.data} again={upload.reset} />}
      </Stack>
    </>
  );
}

function Drop({ pending, take }: { pending: boolean; take: (file: File) => void }) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file && !pending) take(file);
  };
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type !== "dragleave");
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the button inside does the same by keyboard
    <div
      className={classes.drop}
      data-over={over || undefined}
      onDragEnter={drag}
      onDragOver={drag}
      onDragLeave={drag}
      onDrop={drop}
    >
      <IconFileImport size={40} stroke={1.3} aria-hidden />
      <Text>{t("import.drop")}</Text>
      <FileButton onChange={(file) => file && take(file)} accept=".csv,.vcf,text/csv,text/vcard">
        {(props) => (
          <Button {...props} loading={pending}>
            {t("import.choose")}
          </Button>
        )}
      </FileButton>
    </div>
  );
}

function Report({ report, again }: { report: Import; again: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, done, total } = report;
  const percent = state === "finished" ? 100 : total ? (done / total) * 100 : 0;
  const sums = [
    ["created", report.created],
    ["updated", report.updated],
    ["unchanged", report.unchanged],
    ["problems", report.problems.length],
  ] as const;
  return (
    <Card>
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h4">
            {report.file_name}
          </Title>
          <Text role="status">
            {state === "running"
              ? t("import.running", { done: format.number(done), total: format.number(total) })
              : t(state === "failed" ? "import.failed" : "import.finished")}
          </Text>
        </Group>
        <Progress value={percent} aria-label={t("import.progress")} color={state === "failed" ? "red" : undefined} />
        {report.message && <Text>{report.message}</Text>}
        <div className={classes.sums}>
          {sums.map(([name, value]) => (
            <span className={classes.sum} key={name}>
              <b>{format.number(value)}</b>
              {t(`import.${name}`)}
            </span>
          ))}
        </div>
        {report.problems.length > 0 && (
          <Table>
            <Table.Tbody>
              {report.problems.map((problem) => (
                <Table.Tr key={`${problem.line} ${problem.reason}`}>
                  <Table.Td style={{ whiteSpace: "nowrap" }}>{t("import.line", { line: problem.line })}</Table.Td>
                  <Table.Td>{problem.reason}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
        {state !== "running" && (
          <Group>
            <Button onClick={again}>{t("import.another")}</Button>
            <Button variant="default" component={Link} to="/contacts">
              {t("problem.toStart")}
            </Button>
          </Group>
        )}
      </Stack>
    </Card>
  );
}
