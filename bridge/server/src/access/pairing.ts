import {
  type Invitation,
  type NewInvitation,
  type Params,
  type PairedDevice,
  type Role,
  INVITATION_S,
  allows,
} from "@zarrcam/protocol";
import { ZarrcamError } from "@zarrcam/client/native";

import { AccessFileError, type StoredAccess, type StoredDevice, type StoredInvitation } from "./access-file.ts";
import type { Access } from "./access.ts";
import { type Credential } from "./credentials.ts";
import type { Principal } from "./principal.ts";
import { isSame, lastingSecret, newId, sha256Of, shortSecret } from "./secrets.ts";

/** Devices and tokens that may be paired. */
export const MOST_DEVICES = 256;
/** Invitations that may be open. */
export const MOST_INVITATIONS = 64;

/** Who comes with the token of an invitation. */
export interface Newcomer {
  token: string;
  name: string | undefined;
  kind: StoredDevice["kind"];
  /** The page that its token is for; null: none. */
  origin: string | null;
  address: string;
  /** Who it is already: it stays the same device, with the larger role; null: nobody. */
  known: StoredDevice | null;
}

/** The token is none of an open invitation. */
export class WrongInvitationError extends Error {
  override readonly name = "WrongInvitationError";
}

/** What an admin does, and who comes with an invitation. */
export class Pairing {
  readonly #access: Access;
  /** Ids of those that have a session. */
  readonly #connected: () => ReadonlySet<string>;

  constructor(access: Access, connected: () => ReadonlySet<string>) {
    this.#access = access;
    this.#connected = connected;
  }

  async invite(
    { role, name, uses = 1, expires_s = INVITATION_S }: Params<"access.invite">,
    by: Principal,
  ): Promise<NewInvitation> {
    const { text: token, sha256 } = shortSecret();
    const made_unix_ms = Date.now();
    const expires_unix_ms = made_unix_ms + expires_s * 1000;
    const invitation: StoredInvitation = {
      id: newId(),
      role,
      name: name ?? null,
      token_sha256: sha256,
      uses_left: uses,
      made_unix_ms,
      expires_unix_ms,
    };
    await this.#change((now) => {
      if (now.invitations.length >= MOST_INVITATIONS)
        throw new ZarrcamError("too_many_requests", `${MOST_INVITATIONS} invitations are open: withdraw some first.`);
      return { next: { ...now, invitations: [...now.invitations, invitation] }, answer: null };
    });
    this.#did(
      "invited",
      `An invitation with the role ${role} was made, for ${uses === 1 ? "one device" : `${uses} devices`}.`,
      by,
    );
    const { fingerprint, urls } = this.#access.reach() ?? { fingerprint: null, urls: [] };
    const pin = fingerprint === null ? "" : `&pin=${fingerprint}`;
    const links = urls.map((url) => `${url}#pair=${token}${pin}`);
    return { invitation: invitation.id, token, fingerprint, expires_unix_ms, role, links };
  }

  invitations(): Invitation[] {
    const nowMs = Date.now();
    return this.#access.list.invitations
      .filter(({ expires_unix_ms }) => expires_unix_ms > nowMs)
      .map(({ id, role, name, uses_left, made_unix_ms, expires_unix_ms }) => ({
        id,
        role,
        name,
        uses_left,
        made_unix_ms,
        expires_unix_ms,
      }));
  }

  async withdraw(id: string, by: Principal): Promise<void> {
    await this.#change((now) => {
      const invitations = now.invitations.filter((invitation) => invitation.id !== id);
      if (invitations.length === now.invitations.length)
        throw new ZarrcamError(
          "not_found",
          "There is no such invitation: it was used up, has expired, or was withdrawn.",
        );
      return { next: { ...now, invitations }, answer: null };
    });
    this.#did("withdrawn", "An invitation was withdrawn.", by);
  }

  /**
   * Makes a device of who comes with an invitation, which has one use less then.
   *
   * @throws WrongInvitationError
   */
  async pair({
    token,
    name,
    kind,
    origin,
    address,
    known,
  }: Newcomer): Promise<{ device: StoredDevice; credential: Credential }> {
    const shown = sha256Of(token);
    const { text: secret, sha256 } = lastingSecret();
    const nowMs = Date.now();
    // A guess takes no turn, and touches no disk.
    if (!this.#access.list.invitations.some(({ token_sha256 }) => isSame(shown, token_sha256)))
      throw new WrongInvitationError();
    const device = await this.#change((now) => {
      const invitation = now.invitations.find(({ token_sha256 }) => isSame(shown, token_sha256));
      if (!invitation) throw new WrongInvitationError();
      const before = now.devices.find(({ id }) => id === known?.id);
      if (!before && now.devices.length >= MOST_DEVICES)
        throw new ZarrcamError(
          "too_many_requests",
          `${MOST_DEVICES} devices are paired: an admin must revoke some first.`,
        );
      const usual = kind === "token" ? "Script" : "Browser";
      const device: StoredDevice = {
        id: before?.id ?? newId(),
        name: name ?? invitation.name ?? before?.name ?? usual,
        kind,
        role: before && allows(before.role, invitation.role) ? before.role : invitation.role,
        secret_sha256: sha256,
        origin,
        paired_unix_ms: before?.paired_unix_ms ?? nowMs,
        last_seen_unix_ms: nowMs,
      };
      const invitations = now.invitations.flatMap((one) =>
        one !== invitation ? one : one.uses_left > 1 ? { ...one, uses_left: one.uses_left - 1 } : [],
      );
      const others = now.devices.filter(({ id }) => id !== device.id);
      return { next: { ...now, devices: [...others, device], invitations }, answer: device };
    });
    this.#access.list.touch(device, address, nowMs);
    const what = kind === "token" ? "script" : "browser";
    const detail = `The ${what} ${JSON.stringify(device.name)} was paired from ${address}, with the role ${device.role}.`;
    this.#access.report({ action: "paired", detail, by: { ...device, address }, address, refused: false });
    return { device, credential: { id: device.id, secret } };
  }

  devices(): PairedDevice[] {
    const nowMs = Date.now();
    const connected = this.#connected();
    const { list } = this.#access;
    return list.devices.filter(({ id }) => list.find(id, nowMs)).map((device) => this.#told(device, connected));
  }

  async rename(id: string, name: string, by: Principal): Promise<PairedDevice> {
    const before = this.#device(id).name;
    const device = await this.#edit(id, { name });
    this.#did("renamed", `${JSON.stringify(before)} is called ${JSON.stringify(name)} now.`, by);
    return device;
  }

  async setRole(id: string, role: Role, by: Principal): Promise<PairedDevice> {
    const device = await this.#edit(id, { role });
    this.#did("role", `${JSON.stringify(device.name)} has the role ${role} now.`, by);
    return device;
  }

  /** Its sessions, streams and uploads end at once. */
  async revoke(id: string, by: Principal): Promise<void> {
    const { name } = await this.#remove(id);
    this.#did("revoked", `${JSON.stringify(name)} was revoked.`, by);
  }

  /** Who leaves is paired no more. */
  async leave(by: Principal): Promise<void> {
    await this.#remove(by.id);
    this.#did("left", `${JSON.stringify(by.name)} has left.`, by);
  }

  /** Everybody who was paired, and every invitation. */
  async reset(by: Principal): Promise<{ revoked: number }> {
    const revoked = await inCode(this.#access.list.reset());
    this.#did("reset", `All ${revoked} devices were revoked, and every invitation withdrawn.`, by);
    return { revoked };
  }

  #device(id: string): StoredDevice {
    const device = this.#access.list.find(id, Date.now());
    if (!device) throw new ZarrcamError("not_found", "There is no such device: it was revoked, or has left.");
    return device;
  }

  async #edit(id: string, edit: Partial<Pick<StoredDevice, "name" | "role">>): Promise<PairedDevice> {
    const device = await this.#change((now) => {
      const before = now.devices.find((one) => one.id === id) ?? this.#device(id);
      const after = { ...before, ...edit };
      return { next: { ...now, devices: now.devices.map((one) => (one.id === id ? after : one)) }, answer: after };
    });
    return this.#told(device, this.#connected());
  }

  #remove(id: string): Promise<StoredDevice> {
    return this.#change((now) => {
      const device = now.devices.find((one) => one.id === id) ?? this.#device(id);
      return { next: { ...now, devices: now.devices.filter((one) => one.id !== id) }, answer: device };
    });
  }

  #told(device: StoredDevice, connected: ReadonlySet<string>): PairedDevice {
    const { id, name, kind, role, origin, paired_unix_ms } = device;
    const { unixMs, address } = this.#access.list.lastSeen(device);
    return {
      id,
      name,
      kind,
      role,
      origin,
      paired_unix_ms,
      last_seen_unix_ms: unixMs,
      address,
      connected: connected.has(id),
    };
  }

  #change<T>(make: (now: StoredAccess) => { next: StoredAccess; answer: T }): Promise<T> {
    return inCode(this.#access.list.change(Date.now(), make));
  }

  #did(
    action: "invited" | "withdrawn" | "renamed" | "role" | "revoked" | "left" | "reset",
    detail: string,
    by: Principal,
  ): void {
    this.#access.report({ action, detail, by, address: by.address, refused: false });
  }
}

/** What the list cannot do, as an error of the protocol. */
async function inCode<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AccessFileError) throw new ZarrcamError("access_store", error.message, { cause: error });
    throw error;
  }
}
