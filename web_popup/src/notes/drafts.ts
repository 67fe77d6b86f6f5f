/** What is written about a contact or an organisation outside any call: kept as it is typed, until it is saved. */
import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { NoteView } from "../api/noteKeeper";
import { useLive } from "../shell/live";
import { type About, draftKey } from "./draftKey";

/** What one writes about them, on this device or another. */
export function useNoteDraft(about: About): NoteView {
  const { notes } = useLive();
  const key = draftKey(about);
  useQuery({ queryKey: ["notes", "draft", key], queryFn: () => notes.refresh(key).then(() => null) });
  return useSyncExternalStore(notes.subscribe, () => notes.view(key));
}
