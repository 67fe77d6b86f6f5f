/** The ways to look at all the people and firms one knows. */
import { Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import classes from "./contacts.module.css";

const TABS = ["contacts", "organizations", "lists", "duplicates"] as const;

export function ContactTabs({ active }: { active: (typeof TABS)[number] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Tabs value={active} onChange={(value) => void navigate(`/${value}`)} mb="md">
      <Tabs.List className={classes.tabs}>
        {TABS.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t(`contactTabs.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  );
}
