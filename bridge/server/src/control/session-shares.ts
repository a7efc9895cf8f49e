import { MAX_SESSIONS, MAX_SESSIONS_OF_ONE, MAX_SESSIONS_OF_OTHERS } from "@zarrcam/protocol";

import type { Principal } from "../access/principal.ts";

/** Why there is no room for one more session: one client cannot take all, nor can others keep out the camera computer. Null: there is. */
export function noRoomFor({ id, name, kind }: Principal, open: readonly Principal[]): string | null {
  if (open.length >= MAX_SESSIONS) return `${MAX_SESSIONS} sessions are open already.`;
  if (kind === "this_computer") return null;
  const others = open.filter((other) => other.kind !== "this_computer");
  if (others.length >= MAX_SESSIONS_OF_OTHERS)
    return `${MAX_SESSIONS_OF_OTHERS} sessions of other computers are open already: the rest is the camera computer's.`;
  // Over plain http nobody can be told from another.
  if (kind === "insecure" || others.filter((other) => other.id === id).length < MAX_SESSIONS_OF_ONE) return null;
  return `${MAX_SESSIONS_OF_ONE} sessions of ${JSON.stringify(name)} are open already: close some of its pages or scripts.`;
}
