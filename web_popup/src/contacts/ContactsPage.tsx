/** Contacts and organisations: searched as one types. */
import { ActionIcon, Anchor, Button, Group, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import {
  IconAddressBook,
  IconBuilding,
  IconFileImport,
  IconForms,
  IconPlus,
  IconSearch,
  IconTrash,
} from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { useContacts, useOrganizations } from "../api/queries";
import { Empty, Outside, Pages, PageTitle } from "../parts/parts";
import { ContactTabs } from "./ContactTabs";
import classes from "./contacts.module.css";
import { FirstNumber } from "./FirstNumber";

const NewEntry = lazy(() => import("./NewEntry"));

type Kind = "contacts" | "organizations";

export function ContactsPage({ kind }: { kind: Kind }) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(params.get("q") ?? "");
  const [q] = useDebouncedValue(typed.trim(), 120);
  const [adding, { open, close }] = useDisclosure(false);
  const people = kind === "contacts";

  useEffect(() => {
    setParams(q ? { q } : {}, { replace: true });
  }, [q, setParams]);

  return (
    <>
      <PageTitle title={t(people ? "contacts.title" : "contacts.organizations")}>
        <Group gap="xs">
          <ActionIcon
            component={Link}
            to="/fields"
            variant="subtle"
            color="gray"
            size={36}
            title={t("fields.title")}
            aria-label={t("fields.title")}
          >
            <IconForms size={19} />
          </ActionIcon>
          <ActionIcon
            component={Link}
            to="/bin"
            variant="subtle"
            color="gray"
            size={36}
            title={t("bin.title")}
            aria-label={t("bin.title")}
          >
            <IconTrash size={19} />
          </ActionIcon>
          <Button
            component={Link}
            to="/contacts/import"
            variant="default"
            className={classes.import}
            aria-label={t("contacts.import")}
            leftSection={<IconFileImport size={18} />}
          >
            <span className={classes.wide}>{t("contacts.import")}</span>
          </Button>
          <Button leftSection={<IconPlus size={18} />} onClick={open}>
            {t(people ? "contacts.new" : "contacts.newOrganization")}
          </Button>
        </Group>
      </PageTitle>
      <ContactTabs active={kind} />
      <TextInput
        ref={field}
        type="search"
        size="md"
        mb="md"
        aria-label={t(people ? "contacts.searchContacts" : "contacts.searchOrganizations")}
        placeholder={t(people ? "contacts.searchContacts" : "contacts.searchOrganizations")}
        leftSection={<IconSearch size={18} />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {people ? <ContactList q={q} /> : <OrganizationList q={q} />}
      <Suspense>{adding && <NewEntry kind={kind} close={close} />}</Suspense>
    </>
  );
}

function Nothing({ q, empty, icon }: { q: string; empty: string; icon: React.ReactNode }) {
  const { t } = useTranslation();
  if (q) return <Empty icon={<IconSearch size={40} stroke={1.3} />} title={t("contacts.nothingFound", { query: q })} />;
  return (
    <Empty icon={icon} title={empty}>
      <Text>{t("contacts.emptyHint")}</Text>
    </Empty>
  );
}

function ContactList({ q }: { q: string }) {
  const { t } = useTranslation();
  const contacts = useContacts(q);
  return (
    <Pages
      query={contacts}
      empty={<Nothing q={q} empty={t("contacts.empty")} icon={<IconAddressBook size={40} stroke={1.3} />} />}
    >
      {(items) => (
        <ul className={classes.list}>
          {items.map((contact) => (
            <li key={contact.id} className={classes.row}>
              <div className={classes.who}>
                <Anchor component={Link} to={`/contacts/${contact.id}`} fw={600} className={classes.whole}>
                  <Outside>{contact.name}</Outside>
                </Anchor>
                {(contact.position || contact.organization) && (
                  <Text size="sm" c="dimmed">
                    <Outside>{[contact.position, contact.organization?.name].filter(Boolean).join(" · ")}</Outside>
                  </Text>
                )}
              </div>
              <FirstNumber numbers={contact.numbers} contactId={contact.id} />
            </li>
          ))}
        </ul>
      )}
    </Pages>
  );
}

function OrganizationList({ q }: { q: string }) {
  const { t } = useTranslation();
  const organizations = useOrganizations(q);
  return (
    <Pages
      query={organizations}
      empty={<Nothing q={q} empty={t("contacts.emptyOrganizations")} icon={<IconBuilding size={40} stroke={1.3} />} />}
    >
      {(items) => (
        <ul className={classes.list}>
          {items.map((organization) => (
            <li key={organization.id} className={classes.row}>
              <div className={classes.who}>
                <Anchor component={Link} to={`/organizations/${organization.id}`} fw={600} className={classes.whole}>
                  <Outside>{organization.name}</Outside>
                </Anchor>
                {organization.city && (
                  <Text size="sm" c="dimmed">
                    <Outside>{organization.city}</Outside>
                  </Text>
                )}
              </div>
              <FirstNumber numbers={organization.numbers} />
            </li>
          ))}
        </ul>
      )}
    </Pages>
  );
}
