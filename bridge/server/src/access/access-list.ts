import { type AccessFile, AccessFileError, type StoredAccess, type StoredDevice, nobody } from "./access-file.ts";

/** A device that was not seen for so long is paired no more, ms. */
const FORGOTTEN_AFTER_MS = 90 * 24 * 3_600_000;
/** When a device was seen is written down no more often than so, ms. */
const SEEN_EXACT_MS = 3_600_000;

/** Where and when a device was seen since the bridge was started. */
interface Seen {
  unixMs: number;
  address: string;
}

/** Who is paired, and which invitations are open. Changes come one after the other, each on the disk before it is told. */
export class AccessList {
  readonly #file: AccessFile | null;
  readonly #seen = new Map<string, Seen>();
  readonly #listeners = new Set<() => void>();
  #stored: StoredAccess = nobody();
  #devices = new Map<string, StoredDevice>();
  /** Why nobody is let in; null: the list is whole. */
  #fault: AccessFileError | null = null;
  /** Of the file as it was read; undefined: it was not yet. */
  #fileState: string | null | undefined = undefined;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(file: AccessFile | null) {
    this.#file = file;
  }

  /** @param file null: the list lives as long as this does. */
  static async open(file: AccessFile | null): Promise<AccessList> {
    const list = new AccessList(file);
    await list.refresh();
    return list;
  }

  get fault(): AccessFileError | null {
    return this.#fault;
  }
  get devices(): readonly StoredDevice[] {
    return this.#stored.devices;
  }
  get invitations(): StoredAccess["invitations"] {
    return this.#stored.invitations;
  }

  /** Who is paired by this id, and has been seen lately. */
  find(id: string, unixMs: number): StoredDevice | null {
    const device = this.#devices.get(id);
    return device && !this.#isForgotten(device, unixMs) ? device : null;
  }
  lastSeen(device: StoredDevice): { unixMs: number; address: string | null } {
    return this.#seen.get(device.id) ?? { unixMs: device.last_seen_unix_ms, address: null };
  }

  /** Notes that a device has asked something. */
  touch(device: StoredDevice, address: string, unixMs: number): void {
    this.#seen.set(device.id, { unixMs, address });
    if (unixMs - device.last_seen_unix_ms < SEEN_EXACT_MS) return;
    // Once for all that wait: what is written is read from `#seen`.
    device.last_seen_unix_ms = unixMs;
    void this.change(unixMs, (now) => ({ next: now, answer: null })).catch(() => undefined);
  }

  /**
   * Changes the list, as it is when the turn of this change comes. What `make` throws refuses the change; nothing is answered
   * before it is on the disk.
   */
  change<T>(unixMs: number, make: (now: StoredAccess) => { next: StoredAccess; answer: T }): Promise<T> {
    return this.#inTurn(async () => {
      await this.#readAgain();
      if (this.#fault) throw this.#fault;
      const { next, answer } = make(this.#kept(unixMs));
      await this.#file?.write(next);
      this.#fileState = (await this.#file?.state()) ?? null;
      this.#adopt(next);
      return answer;
    });
  }

  /** Begins anew with nobody, whatever stands in the file. */
  reset(): Promise<number> {
    return this.#inTurn(async () => {
      const revoked = this.#stored.devices.length;
      const next = nobody();
      await this.#file?.write(next);
      this.#fileState = (await this.#file?.state()) ?? null;
      this.#fault = null;
      this.#adopt(next);
      return revoked;
    });
  }

  /** Reads what another program has written: `zarrcam access reset`, say. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      if (await this.#readAgain()) this.#tell();
    });
  }

  /** Calls the listener after every change. @returns a function that ends the calls. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @returns whether something else stands there. */
  async #readAgain(): Promise<boolean> {
    if (!this.#file) return false;
    const state = await this.#file.state();
    if (state === this.#fileState && !this.#fault) return false;
    const before = this.#fault?.message;
    try {
      const stored = await this.#file.read();
      this.#fault = null;
      this.#set(stored);
    } catch (error) {
      if (!(error instanceof AccessFileError)) throw error;
      this.#fault = error;
      this.#set(nobody());
    }
    const changed = state !== this.#fileState || before !== this.#fault?.message;
    this.#fileState = state;
    return changed;
  }

  /** Without what is over. */
  #kept(unixMs: number): StoredAccess {
    const devices = this.#stored.devices
      .filter((device) => !this.#isForgotten(device, unixMs))
      .map((device) => ({ ...device, last_seen_unix_ms: this.lastSeen(device).unixMs }));
    const invitations = this.#stored.invitations.filter(({ expires_unix_ms }) => expires_unix_ms > unixMs);
    return { ...this.#stored, devices, invitations };
  }

  #isForgotten(device: StoredDevice, unixMs: number): boolean {
    return unixMs - this.lastSeen(device).unixMs > FORGOTTEN_AFTER_MS;
  }

  #adopt(next: StoredAccess): void {
    this.#set(next);
    this.#tell();
  }
  #set(stored: StoredAccess): void {
    this.#stored = stored;
    this.#devices = new Map(stored.devices.map((device) => [device.id, device]));
    for (const id of this.#seen.keys()) if (!this.#devices.has(id)) this.#seen.delete(id);
  }
  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
