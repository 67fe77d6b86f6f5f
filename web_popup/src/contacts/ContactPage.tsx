/** One contact: who, how to reach them, what is open, what was. */
import { Anchor, Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api, ok } from "../api/client";
import { useContact } from "../api/queries";
import { Dialog } from "../parts/Dialog";
import { Card, Empty, Loading, Outside, PageTitle, Problem } from "../parts/parts";
import ContactForm from "./ContactForm";
import { DeleteDialog } from "./DeleteDialog";
import { Facts } from "./Facts";
import { SubjectColumns } from "./Subject";

const OfContact = lazy(() => import("../duplicates/OfContact"));

export default function ContactPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { data: contact, ...query } = useContact(id);
  const [editing, edit] = useDisclosure(false);
  const [deleting, remove] = useDisclosure(false);
  if (query.isPending) return <Loading />;
  if (contact === undefined) return <Problem error={query.error} retry={() => void query.refetch()} />;
  if (contact === null) return <Empty title={t("problem.not_found")} />;
  const lead = (contact.position || contact.organization) && (
    <>
      {contact.position && <Outside>{contact.position}</Outside>}
      {contact.position && contact.organization && " · "}
      {contact.organization && (
        <Anchor component={Link} to={`/organizations/${contact.organization.id}`}>
          <Outside>{contact.organization.name}</Outside>
        </Anchor>
      )}
    </>
  );
  return (
    <>
      <PageTitle title={<Outside>{contact.name}</Outside>} lead={lead}>
        <Group gap="xs">
          <Button variant="default" leftSection={<IconPencil size={17} />} onClick={edit.open}>
            {t("common.edit")}
          </Button>
          <Button variant="default" leftSection={<IconTrash size={17} />} onClick={remove.open}>
            {t("common.delete")}
          </Button>
        </Group>
      </PageTitle>
      <Suspense>
        <OfContact contactId={contact.id} />
      </Suspense>
      <SubjectColumns subject={{ contactId: contact.id }} key={contact.id}>
        <Card>
          <Facts of={contact} />
        </Card>
      </SubjectColumns>
      <Dialog opened={editing} onClose={edit.close} size="lg" title={t("contacts.edit")}>
        <ContactForm contact={contact} done={edit.close} />
      </Dialog>
      <DeleteDialog
        id={contact.id}
        name={contact.name}
        opened={deleting}
        close={remove.close}
        back="/contacts"
        remove={() => ok(api.DELETE("/api/v1/contacts/{contact_id}", { params: { path: { contact_id: contact.id } } }))}
      />
    </>
  );
}
