/** One organisation: how to reach it, its people, what is open, what was. */
import { Anchor, Button, Group, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api, ok } from "../api/client";
import { useContacts, useOrganization } from "../api/queries";
import { Dialog } from "../parts/Dialog";
import { Card, Empty, Loading, Outside, Pages, PageTitle, Problem } from "../parts/parts";
import classes from "./contacts.module.css";
import { DeleteDialog } from "./DeleteDialog";
import { Facts } from "./Facts";
import { FirstNumber } from "./FirstNumber";
import OrganizationForm from "./OrganizationForm";
import { SubjectColumns } from "./Subject";

/** Its people, with the number one would call them on. */
function People({ organizationId }: { organizationId: string }) {
  const people = useContacts("", organizationId);
  return (
    <Pages query={people} empty={null}>
      {(items) => (
        <ul className={classes.plain}>
          {items.map((one) => (
            <li key={one.id} className={classes.person}>
              <div className={classes.who}>
                <Anchor component={Link} to={`/contacts/${one.id}`}>
                  <Outside>{one.name}</Outside>
                </Anchor>
                {one.position && (
                  <Text size="sm" c="dimmed">
                    <Outside>{one.position}</Outside>
                  </Text>
                )}
              </div>
              <FirstNumber numbers={one.numbers} contactId={one.id} />
            </li>
          ))}
        </ul>
      )}
    </Pages>
  );
}

export default function OrganizationPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { data: organization, ...query } = useOrganization(id);
  const [editing, edit] = useDisclosure(false);
  const [deleting, remove] = useDisclosure(false);
  if (query.isPending) return <Loading />;
  if (organization === undefined) return <Problem error={query.error} retry={() => void query.refetch()} />;
  if (organization === null) return <Empty title={t("problem.not_found")} />;
  const params = { path: { organization_id: organization.id } };
  return (
    <>
      <PageTitle title={<Outside>{organization.name}</Outside>}>
        <Group gap="xs">
          <Button variant="default" leftSection={<IconPencil size={17} />} onClick={edit.open}>
            {t("common.edit")}
          </Button>
          <Button variant="default" leftSection={<IconTrash size={17} />} onClick={remove.open}>
            {t("common.delete")}
          </Button>
        </Group>
      </PageTitle>
      <SubjectColumns subject={{ organizationId: organization.id }} key={organization.id}>
        <Card>
          <Facts of={organization} />
        </Card>
        <Card>
          <Title order={2} size="h4" mb="sm">
            {t("contacts.people")}
          </Title>
          {organization.contacts.length === 0 && <Text c="dimmed">{t("contacts.noPeople")}</Text>}
          {organization.contacts.length > 0 && <People organizationId={organization.id} />}
        </Card>
      </SubjectColumns>
      <Dialog opened={editing} onClose={edit.close} size="lg" title={t("contacts.editOrganization")}>
        <OrganizationForm organization={organization} done={edit.close} />
      </Dialog>
      <DeleteDialog
        id={organization.id}
        name={organization.name}
        opened={deleting}
        close={remove.close}
        back="/organizations"
        remove={() => ok(api.DELETE("/api/v1/organizations/{organization_id}", { params }))}
      />
    </>
  );
}
