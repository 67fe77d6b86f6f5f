/** Unknown or several: make the contact, attach the number, or choose - in one step, during the call. */
import { Button, Group, Kbd, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { stale, useContacts } from "../api/queries";
import type { ContactRef, components, Match, Pop } from "../api/types";
import { Outside, Problem } from "../parts/parts";
import { useShortcuts } from "../shell/shortcuts";
import { callerKind } from "../state/callers";
import { otherParty } from "../state/progress";
import classes from "./popup.module.css";

type Assign = components["schemas"]["Assign"];

/** Nothing to be decided about these. */
const SETTLED: readonly Match["reason"][] = ["colleague", "own_number", "pending"];

export function WhoIsIt({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const assign = useMutation({
    mutationFn: (body: Assign) =>
      ok(api.PUT("/api/v1/calls/{call_id}/contact", { params: { path: { call_id: pop.call.id } }, body })),
    onSuccess: () => {
      notifications.show({ message: t("who.saved") });
      stale(queries, ["contacts", "timeline", "calls"]);
    },
  });
  const { match } = pop;
  const choosable = match.kind === "ambiguous" ? match.candidates : [];
  useShortcuts(
    Object.fromEntries(
      choosable
        .slice(0, 9)
        .map((one, index) => [
          `Alt+Shift+${index + 1}`,
          () => !assign.isPending && assign.mutate({ contact_id: one.id, remember: true }),
        ]),
    ),
  );

  const kind = callerKind(pop);
  if (kind === "spam" || kind === "mobile") return null;
  if (match.reason === "withheld") return <Text c="dimmed">{t("pop.withheldHint")}</Text>;
  if ((match.kind === "unique" && match.contact) || SETTLED.includes(match.reason)) return null;
  return (
    <Stack gap="sm">
      {choosable.length > 0 && (
        <section aria-label={t("who.choose")} data-testid="candidates">
          <Text fw={600}>{t("who.choose")}</Text>
          <Text size="sm" c="dimmed" mb={8}>
            {t("who.chooseHint")}
          </Text>
          <Stack gap={6}>
            {choosable.map((one, index) => (
              <Candidate
                key={one.id}
                contact={one}
                keyNumber={index < 9 ? index + 1 : undefined}
                disabled={assign.isPending}
                choose={() => assign.mutate({ contact_id: one.id, remember: true })}
              />
            ))}
          </Stack>
        </section>
      )}
      <MakeOrAttach pop={pop} pending={assign.isPending} assign={(body) => assign.mutate(body)} />
      {assign.isError && <Problem error={assign.error} />}
    </Stack>
  );
}

function Candidate(props: { contact: ContactRef; keyNumber?: number; disabled: boolean; choose: () => void }) {
  const { contact } = props;
  return (
    <button type="button" className={classes.candidate} disabled={props.disabled} onClick={props.choose}>
      {props.keyNumber && <Kbd size="xs">{props.keyNumber}</Kbd>}
      <span>
        <Text span fw={600} display="block">
          <Outside>{contact.name}</Outside>
        </Text>
        {contact.organization && (
          <Text span size="sm" c="dimmed" display="block">
            <Outside>{contact.organization.name}</Outside>
          </Text>
        )}
      </span>
    </button>
  );
}

function MakeOrAttach({ pop, pending, assign }: { pop: Pop; pending: boolean; assign: (body: Assign) => void }) {
  const { t } = useTranslation();
  const [mode, setMode] = useState<"none" | "make" | "attach">("none");
  if (mode === "make") return <MakeContact pop={pop} pending={pending} assign={assign} close={() => setMode("none")} />;
  if (mode === "attach") return <AttachNumber pending={pending} assign={assign} close={() => setMode("none")} />;
  return (
    <Group gap="xs" grow preventGrowOverflow={false}>
      <Button variant={pop.match.kind === "none" ? "filled" : "default"} onClick={() => setMode("make")}>
        {t("who.make")}
      </Button>
      <Button variant="default" onClick={() => setMode("attach")}>
        {t("who.attach")}
      </Button>
    </Group>
  );
}

interface FormProps {
  pending: boolean;
  assign: (body: Assign) => void;
  close: () => void;
}

/** "Weber, Karin" and "Karin Weber" as first and last name: what the network said is only a start. */
export function splitName(name: string): [string, string] {
  const [last = "", first] = name.split(",").map((part) => part.trim());
  if (first !== undefined) return [first, last];
  const words = last.split(/\s+/);
  return words.length < 2 ? ["", last] : [words.slice(0, -1).join(" "), words.at(-1) ?? ""];
}

function MakeContact({ pop, pending, assign, close }: FormProps & { pop: Pop }) {
  const { t } = useTranslation();
  const party = otherParty(pop.call, pop.agent_extension);
  const said = /\p{L}/u.test(party.name) ? splitName(party.name) : ["", ""];
  const [first, setFirst] = useState(said[0] ?? "");
  const [last, setLast] = useState(said[1] ?? "");
  const [organization, setOrganization] = useState(pop.match.organization?.name ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!first.trim() && !last.trim()) return;
    const newContact = { first_name: first, last_name: last, organization_name: organization };
    assign({ new_contact: newContact, remember: true });
  };
  return (
    <form onSubmit={submit} aria-label={t("who.make")}>
      <Stack gap="sm">
        <Group grow gap="sm">
          <TextInput
            label={t("who.firstName")}
            value={first}
            onChange={(event) => setFirst(event.currentTarget.value)}
            autoFocus
          />
          <TextInput label={t("who.lastName")} value={last} onChange={(event) => setLast(event.currentTarget.value)} />
        </Group>
        <TextInput
          label={t("who.organization")}
          value={organization}
          onChange={(event) => setOrganization(event.currentTarget.value)}
        />
        <Group gap="xs">
          <Button type="submit" loading={pending} disabled={!first.trim() && !last.trim()}>
            {t("who.save")}
          </Button>
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function AttachNumber({ pending, assign, close }: FormProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [query] = useDebouncedValue(typed.trim(), 150);
  const found = useContacts(query, undefined, query.length > 0);
  const contacts = query ? (found.data?.pages[0]?.items.slice(0, 6) ?? []) : [];
  return (
    <Stack gap="xs">
      <TextInput
        label={t("who.attachHint")}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoFocus
      />
      {contacts.map((contact) => (
        <Candidate
          key={contact.id}
          contact={contact}
          disabled={pending}
          choose={() => assign({ contact_id: contact.id, remember: true })}
        />
      ))}
      {query && found.isSuccess && contacts.length === 0 && (
        <Text c="dimmed">{t("contacts.nothingFound", { query })}</Text>
      )}
      {found.isError && <Problem error={found.error} />}
      <div>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
      </div>
    </Stack>
  );
}
