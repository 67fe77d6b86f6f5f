/** Short messages at the edge of the page, away from the dock. */
import { MantineThemeProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";

export default function Toasts() {
  const { t } = useTranslation();
  const Notification = { defaultProps: { closeButtonProps: { "aria-label": t("common.close") } } };
  return (
    <MantineThemeProvider theme={{ components: { Notification } }} inherit>
      <Notifications position="bottom-left" limit={3} />
    </MantineThemeProvider>
  );
}
