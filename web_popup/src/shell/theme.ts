/** Our few decisions over Mantine's; the colours with a meaning stand in theme.css. */
import { createTheme, type MantineColorsTuple } from "@mantine/core";

const petrol: MantineColorsTuple = [
  "#e6f6f7",
  "#d3eaec",
  "#a8d5d9",
  "#79bfc6",
  "#53adb5",
  "#3aa1ab",
  "#2496a1",
  "#0b6e78",
  "#0a636c",
  "#06525a",
];

const slate: MantineColorsTuple = [
  "#d5dae1",
  "#b6bdc8",
  "#a0a8b5",
  "#6c7583",
  "#3b424e",
  "#2e343e",
  "#242932",
  "#1c2027",
  "#14171c",
  "#0f1216",
];

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 7, dark: 7 },
  colors: { petrol, dark: slate },
  defaultRadius: "md",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif",
  headings: { fontWeight: "650" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // A dialog leaves the dock free: calls are seen, and worked with, beside it.
    Modal: {
      defaultProps: { lockScroll: false },
      styles: {
        overlay: { right: "var(--dock-width, 0px)", bottom: "var(--dock-height, 0px)" },
        inner: {
          width: "calc(100% - var(--dock-width, 0px))",
          right: "var(--dock-width, 0px)",
          bottom: "var(--dock-height, 0px)",
        },
        content: { maxHeight: "calc(100dvh - var(--dock-height, 0px) - 10dvh)" },
      },
    },
  },
});
