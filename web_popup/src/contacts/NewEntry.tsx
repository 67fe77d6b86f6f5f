/** The dialog in which a contact or organisation is made. */
import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import ContactForm from "./ContactForm";
import OrganizationForm from "./OrganizationForm";

export default function NewEntry({ kind, close }: { kind: "contacts" | "organizations"; close: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const done = (id?: string) => {
    close();
    if (id) void navigate(`/${kind}/${id}`);
  };
  const people = kind === "contacts";
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t(people ? "contacts.new" : "contacts.newOrganization")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {people ? <ContactForm done={done} /> : <OrganizationForm done={done} />}
    </Modal>
  );
}
