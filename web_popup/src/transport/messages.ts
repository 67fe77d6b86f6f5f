/** The socket's messages; their types are generated from the service's schema. */
import type { ServerMessage } from "../api/types";

export type { ClientMessage, ServerMessage } from "../api/types";

/** The protocol this page speaks. The server names its own in `welcome`; another one means that the page is old. */
export const PROTOCOL_VERSION = 1;

/** A message as it came, or null if it is none: a newer server may send kinds this page does not know. */
export function parseMessage(text: unknown): ServerMessage | null {
  if (typeof text !== "string") return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "type" in value ? (value as ServerMessage) : null;
  } catch {
    return null;
  }
}
