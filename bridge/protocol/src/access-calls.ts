import {
  exactOptional,
  integer,
  maxLength,
  maxValue,
  minLength,
  minValue,
  number,
  picklist,
  pipe,
  regex,
  strictObject,
  string,
  trim,
} from "valibot";

import { type Role, roles } from "./roles.ts";

/** Uses that one invitation may have at most. */
export const MAX_INVITATION_USES = 100;
/** How long an invitation may be open at most, s: a week. */
export const MAX_INVITATION_S = 7 * 24 * 3600;
/** How long an invitation is open where nobody says, s. */
export const INVITATION_S = 15 * 60;
/** Longest name of a device, characters. */
export const MAX_NAME_CHARACTERS = 80;

/** Somebody who was paired: a browser or a script. */
export interface PairedDevice {
  id: string;
  name: string;
  kind: "device" | "token";
  role: Role;
  paired_unix_ms: number;
  /** When it last asked anything; exact to an hour over a new start of the bridge. */
  last_seen_unix_ms: number;
  /** From where it last asked; null: not since the bridge was started. */
  address: string | null;
  /** Whether it has a session now. */
  connected: boolean;
  /** The page that its token is for; null: none, or a browser by the bridge's own page. */
  origin: string | null;
}

/** An invitation that is open, without its secret. */
export interface Invitation {
  id: string;
  role: Role;
  /** What the device is to be called where it does not say itself; null: nothing. */
  name: string | null;
  uses_left: number;
  made_unix_ms: number;
  expires_unix_ms: number;
}

/** What `access.invite` answers: the only time that the token is told. */
export interface NewInvitation {
  /** To withdraw it by. */
  invitation: string;
  token: string;
  /** SHA-256 of the certificate that the link's reader is to trust, base64url; null: the bridge has none, it serves this computer only. */
  fingerprint: string | null;
  expires_unix_ms: number;
  role: Role;
  /** One for each address by which the bridge is reached, the likeliest first; none where it serves this computer only. */
  links: string[];
}

/** What `POST /access/pair` and `POST /access/token` take. */
export interface PairingRequest {
  /** Of the invitation. */
  token: string;
  /** What the device is to be called. */
  name?: string;
}
/** What `POST /access/pair` answers; the session is in a cookie that no script can read. */
export interface Paired {
  id: string;
  name: string;
  role: Role;
}
/** What `POST /access/token` answers: the only time that the token is told. */
export interface NewToken extends Paired {
  /** For the header `Authorization: Bearer`. */
  token: string;
}
/** What `POST /access/ticket` answers: good for one WebSocket, for half a minute. */
export interface Ticket {
  /** Second subprotocol: `zarrcam.ticket.TICKET`. */
  ticket: string;
}

/** Methods by which an admin says who may do what. */
export interface AccessCalls {
  "access.invite": {
    params: { role: Role; name?: string; uses?: number; expires_s?: number };
    answer: NewInvitation;
  };
  "access.invitations": { params: Record<string, never>; answer: Invitation[] };
  "access.withdraw": { params: { invitation: string }; answer: Record<string, never> };
  "access.devices": { params: Record<string, never>; answer: PairedDevice[] };
  "access.rename": { params: { id: string; name: string }; answer: PairedDevice };
  "access.set_role": { params: { id: string; role: Role }; answer: PairedDevice };
  "access.revoke": { params: { id: string }; answer: Record<string, never> };
  /** Everybody who was paired, and every invitation: what there was is gone. */
  "access.reset": { params: Record<string, never>; answer: { revoked: number } };
}

const id = pipe(string(), minLength(1), maxLength(64));
const whole = (most: number) => pipe(number(), integer(), minValue(1), maxValue(most));
const roleSchema = picklist(roles);
/** One line for people: what controls a terminal, or turns its letters round, is none. */
export const deviceNameSchema = pipe(
  string(),
  trim(),
  minLength(1),
  maxLength(MAX_NAME_CHARACTERS),
  regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, "A name is one line of letters that can be seen."),
);
/** A token of an invitation, as `POST /access/pair` and `POST /access/token` take it. */
export const pairingRequestSchema = strictObject({
  token: pipe(string(), minLength(1), maxLength(200)),
  name: exactOptional(deviceNameSchema),
});

const none = strictObject({});
/** Parameters of the methods above. */
export const accessParams = {
  "access.invite": strictObject({
    role: roleSchema,
    name: exactOptional(deviceNameSchema),
    uses: exactOptional(whole(MAX_INVITATION_USES)),
    expires_s: exactOptional(whole(MAX_INVITATION_S)),
  }),
  "access.invitations": none,
  "access.withdraw": strictObject({ invitation: id }),
  "access.devices": none,
  "access.rename": strictObject({ id, name: deviceNameSchema }),
  "access.set_role": strictObject({ id, role: roleSchema }),
  "access.revoke": strictObject({ id }),
  "access.reset": none,
};
