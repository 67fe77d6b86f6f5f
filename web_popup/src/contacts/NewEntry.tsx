/** The dialog in which a contact or organisation is made. */

import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Dialog } from "../parts/Dialog";
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
    <Dialog opened onClose={close} size="lg" title={t(people ? "contacts.new" : "contacts.newOrganization")}>
      {people ? <ContactForm done={done} /> : <OrganizationForm done={done} />}
    </Dialog>
  );
}
