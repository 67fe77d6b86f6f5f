/** Short messages at the edge of the page, away from the dock. */
import { Notifications } from "@mantine/notifications";

export default function Toasts() {
  return <Notifications position="bottom-left" limit={3} />;
}
