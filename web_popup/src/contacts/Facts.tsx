/** What stands about a contact or organisation: numbers to dial, mail, address, remark. */
import { Anchor, Text } from "@mantine/core";
import { IconPhoneOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Contact, Organization } from "../api/types";
import { Badge, NumberWithDial, Outside } from "../parts/parts";
import classes from "./contacts.module.css";
import { CustomValue, useFieldsOf } from "./custom";
import { languageName } from "./languages";
import { dialable } from "./numbers";
import { webAddress } from "./webAddress";

export function Facts({ of }: { of: Contact | Organization }) {
  const { t, i18n } = useTranslation();
  const fields = useFieldsOf("first_name" in of ? "contact" : "organization");
  const place = [of.street, `${of.postal_code} ${of.city}`.trim(), of.country].filter(Boolean).join(", ");
  const website = "website" in of ? of.website : "";
  const link = website ? webAddress(website) : null;
  const contactId = "first_name" in of ? of.id : undefined;
  return (
    <dl className={classes.facts}>
      {of.numbers.length === 0 && (
        <>
          <dt>{t("contacts.numbers")}</dt>
          <dd>{t("contacts.noNumbers")}</dd>
        </>
      )}
      {of.numbers.map((number) => (
        <Fact key={number.id} label={t(`label.${number.label}`)}>
          <NumberWithDial number={dialable(number)} display={number.display} contactId={contactId}>
            {number.extension && !number.display.includes(number.extension) && (
              <Text span size="sm" c="dimmed">
                {t("contacts.ext", { extension: number.extension })}
              </Text>
            )}
          </NumberWithDial>
          {number.do_not_call && (
            <div>
              <Badge tone="missed" icon={<IconPhoneOff size={13} aria-hidden />}>
                {t("contacts.doNotCall")}
              </Badge>{" "}
              <Text span size="sm" c="dimmed" dir="auto">
                {number.do_not_call_reason}
              </Text>
            </div>
          )}
        </Fact>
      ))}
      {"language" in of && of.language && (
        <Fact label={t("contacts.language")}>{languageName(of.language, i18n.language)}</Fact>
      )}
      {of.email && (
        <Fact label={t("contacts.email")}>
          <Anchor href={`mailto:${encodeURIComponent(of.email).replace("%40", "@")}`}>{of.email}</Anchor>
        </Fact>
      )}
      {website && (
        <Fact label={t("contacts.website")}>
          {link ? (
            <Anchor href={link} target="_blank" rel="noopener noreferrer">
              {website}
            </Anchor>
          ) : (
            <Outside>{website}</Outside>
          )}
        </Fact>
      )}
      {place && (
        <Fact label={t("contacts.street")}>
          <Outside>{place}</Outside>
        </Fact>
      )}
      {fields.map((field) => {
        const value = of.custom[field.key];
        return value === undefined ? null : (
          <Fact key={field.id} label={field.name}>
            <CustomValue field={field} value={value} />
          </Fact>
        );
      })}
      {of.remark && (
        <Fact label={t("contacts.remark")}>
          <span style={{ whiteSpace: "pre-wrap" }}>
            <Outside>{of.remark}</Outside>
          </span>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
