/** The ways on: hang up, choose the result, done. */
import { Button, Select } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconPhoneOff } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { useDispositions } from "../api/queries";
import type { Pop } from "../api/types";
import { useProblemText } from "../parts/parts";
import { useLive } from "../shell/live";
import { useShortcuts } from "../shell/shortcuts";
import classes from "./popup.module.css";

export function PopFoot({ pop }: { pop: Pop }) {
  const { t, i18n } = useTranslation();
  const { notes } = useLive();
  const problemText = useProblemText();
  const dispositions = useDispositions();
  const select = useRef<HTMLInputElement>(null);
  const [disposition, setDisposition] = useState<string | null>(null);
  const params = { path: { call_id: pop.call.id } };
  const onError = (error: unknown) =>
    notifications.show({ color: "red", title: t("problem.title"), message: problemText(error) });
  const hangUp = useMutation({ mutationFn: () => ok(api.DELETE("/api/v1/calls/{call_id}/leg", { params })), onError });
  const done = useMutation({
    mutationFn: async () => {
      await notes.save(pop.call.id);
      return ok(api.PUT("/api/v1/calls/{call_id}/wrap-up", { params, body: { disposition_id: disposition } }));
    },
    onError,
  });
  const over = pop.state === "wrap_up";
  const canHangUp = pop.state === "talking" || pop.state === "dialling";
  useShortcuts({
    "Alt+H": () => canHangUp && !hangUp.isPending && hangUp.mutate(),
    "Alt+Enter": () => over && !done.isPending && done.mutate(),
    "Alt+R": () => select.current?.focus(),
  });
  if (!over && !canHangUp) return null;
  return (
    <div className={classes.foot}>
      {pop.state !== "dialling" && (
        <Select
          ref={select}
          flex={1}
          label={t("pop.result")}
          placeholder={t("pop.resultPlaceholder")}
          value={disposition}
          onChange={setDisposition}
          clearable
          data={(dispositions.data ?? []).map((one) => ({
            value: one.id,
            label: i18n.language === "de" ? one.label_de : one.label_en,
          }))}
        />
      )}
      {over ? (
        <Button leftSection={<IconCheck size={18} />} loading={done.isPending} onClick={() => done.mutate()}>
          {t("pop.done")}
        </Button>
      ) : (
        <Button
          color="red.8"
          leftSection={<IconPhoneOff size={18} />}
          loading={hangUp.isPending}
          onClick={() => hangUp.mutate()}
        >
          {t("pop.hangUp")}
        </Button>
      )}
    </div>
  );
}
