/** Joins the socket, the state of the desk and the stored data to React: one place starts them, hooks read them. */
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import { api, ok, okOrNull } from "../api/client";
import { NoteKeeper } from "../api/noteKeeper";
import { staleAfter } from "../api/queries";
import type { Session } from "../api/types";
import { aboutOf } from "../notes/draftKey";
import { leadOneTab } from "../notify/leader";
import { type Desk, type DeskAction, emptyDesk, reduceDesk } from "../state/desk";
import { createStore, type Store } from "../state/store";
import { PROTOCOL_VERSION, type ServerMessage } from "../transport/messages";
import { Connection, socketUrl } from "../transport/socket";
import { watchSleep } from "../transport/wake";

const deskStore: Store<Desk, DeskAction> = createStore(reduceDesk, emptyDesk);

/** Read a part of the desk's live state; the component renders anew only when that part changes. */
export function useDesk<T>(select: (desk: Desk) => T): T {
  return useSyncExternalStore(deskStore.subscribe, () => select(deskStore.get()));
}

export const dispatch = deskStore.dispatch;

interface Live {
  session: Session;
  notes: NoteKeeper;
}

const LiveContext = createContext<Live | null>(null);

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive outside of Live");
  return live;
}

function createNoteKeeper(userId: string): NoteKeeper {
  const path = (callId: string) => ({ path: { call_id: callId } });
  return new NoteKeeper(
    {
      put: (key, text, version, leaving = false) => {
        const [about, body, keepalive] = [aboutOf(key), { text, version }, leaving];
        return about
          ? ok(api.PUT("/api/v1/notes/draft", { body: { ...body, ...about }, keepalive }))
          : ok(api.PUT("/api/v1/calls/{call_id}/note", { params: path(key), body, keepalive }));
      },
      read: (key) => {
        const about = aboutOf(key);
        return about
          ? okOrNull(api.GET("/api/v1/notes/draft", { params: { query: about } }))
          : okOrNull(api.GET("/api/v1/calls/{call_id}/note", { params: path(key) }));
      },
    },
    localStorage,
    userId,
  );
}

/** An old page in a tab meets a new service: load the new page, but never in a circle. */
function reloadOnce(protocol: number): void {
  const key = `cti-crm.reloaded.${protocol}`;
  if (sessionStorage.getItem(key)) return;
  sessionStorage.setItem(key, "1");
  location.reload();
}

/** Everything live, from signing in to signing out. */
export function Live({ session, children }: { session: Session; children: ReactNode }) {
  const queries = useQueryClient();
  const notes = useMemo(() => createNoteKeeper(session.user.id), [session.user.id]);

  useEffect(() => {
    const receive = (message: ServerMessage) => {
      if (message.type === "welcome" && message.protocol !== PROTOCOL_VERSION) reloadOnce(message.protocol);
      deskStore.dispatch({ type: "message", message });
      staleAfter(message, queries);
      if (message.type === "snapshot") notes.retry();
      if (message.type === "pop") notes.open(message.pop.call.id, message.pop.my_note);
    };
    const connection = new Connection(() => new WebSocket(socketUrl(location)), {
      message: receive,
      state: (state) => deskStore.dispatch({ type: "connection", connection: state, at: Date.now() }),
      refused: () => void queries.invalidateQueries({ queryKey: ["session"] }),
    });
    const stored = (event: StorageEvent) => notes.mirror(event.key);
    connection.start();
    const leave = () => notes.leave();
    addEventListener("storage", stored);
    addEventListener("pagehide", leave);
    const stopWatching = watchSleep({
      stir: () => {
        connection.nudge();
        notes.retry();
      },
      wake: () => connection.wake(),
    });
    const stopLeading = leadOneTab((leads) => {
      deskStore.dispatch({ type: "leading", leads });
      if (leads) notes.resume();
    });
    return () => {
      connection.stop();
      removeEventListener("storage", stored);
      removeEventListener("pagehide", leave);
      stopWatching();
      stopLeading();
      notes.close();
      deskStore.dispatch({ type: "signed-out" });
    };
  }, [notes, queries]);

  const live = useMemo(() => ({ session, notes }), [session, notes]);
  return <LiveContext value={live}>{children}</LiveContext>;
}
