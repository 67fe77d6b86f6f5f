/** Who is signed in, and the way out. */
import { ActionIcon, Menu } from "@mantine/core";
import { IconLogout, IconSettings, IconUserCircle } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok } from "../api/client";
import { changeSession } from "../api/queries";
import { useLive } from "./live";

export default function UserMenu() {
  const { t } = useTranslation();
  const { session } = useLive();
  const queries = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => ok(api.DELETE("/api/v1/session")),
    onSettled: () => changeSession(queries, null),
  });
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t("signIn.signedInAs", { name: session.user.name })}
        >
          <IconUserCircle size={24} color="var(--quiet)" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.user.name} · {t(`role.${session.role}`)}
        </Menu.Label>
        <Menu.Item component={Link} to="/settings" leftSection={<IconSettings size={16} />}>
          {t("nav.settings")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          {t("signIn.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
