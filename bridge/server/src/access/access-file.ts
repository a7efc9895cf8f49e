import { chmod, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { roles } from "@zarrcam/protocol";
import {
  type InferOutput,
  array,
  integer,
  literal,
  minValue,
  nullable,
  number,
  picklist,
  pipe,
  regex,
  safeParse,
  strictObject,
  string,
} from "valibot";

/** In the state folder. */
const FILE = "access.json";
/** A file that is larger was not written by us. */
const MOST_BYTES = 4 << 20;

const unixMs = pipe(number(), integer(), minValue(0));
const sha256 = pipe(string(), regex(/^[\w-]{43}$/));
const role = picklist(roles);
const deviceSchema = strictObject({
  id: pipe(string(), regex(/^[\w-]{8,64}$/)),
  name: string(),
  kind: picklist(["device", "token"]),
  role,
  secret_sha256: sha256,
  /** Of the only page that may show it; null: no page of another origin may. */
  origin: nullable(string()),
  paired_unix_ms: unixMs,
  last_seen_unix_ms: unixMs,
});
const invitationSchema = strictObject({
  id: string(),
  role,
  name: nullable(string()),
  token_sha256: sha256,
  uses_left: pipe(number(), integer(), minValue(1)),
  made_unix_ms: unixMs,
  expires_unix_ms: unixMs,
});
const fileSchema = strictObject({
  /** Version of this form. */
  zarrcam_access: literal(1),
  devices: array(deviceSchema),
  invitations: array(invitationSchema),
});
export type StoredDevice = InferOutput<typeof deviceSchema>;
export type StoredInvitation = InferOutput<typeof invitationSchema>;
export type StoredAccess = InferOutput<typeof fileSchema>;

export const nobody = (): StoredAccess => ({ zarrcam_access: 1, devices: [], invitations: [] });

/** The list of who may connect cannot be read or written; the message says why, and the way out. Nobody is let in by it. */
export class AccessFileError extends Error {
  override readonly name = "AccessFileError";
}

/** Where the bridge keeps who may connect: hashes of secrets, never a secret. */
export class AccessFile {
  readonly path: string;

  constructor(stateDir: string) {
    this.path = join(stateDir, FILE);
  }

  /** @throws AccessFileError where something stands there that cannot be understood: it is neither trusted nor replaced. */
  async read(): Promise<StoredAccess> {
    let text: string;
    try {
      const { size, mode } = await stat(this.path);
      if (size > MOST_BYTES) throw this.#damaged("it is too large");
      // Written by us it is 0600; a copy that was put back may not be.
      if ((mode & 0o077) !== 0 && process.platform !== "win32") await chmod(this.path, 0o600);
      text = await readFile(this.path, "utf8");
    } catch (cause) {
      if (cause instanceof AccessFileError) throw cause;
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "ENOENT") return nobody();
      throw new AccessFileError(
        `${this.path} cannot be read (${code ?? String(cause)}). Until it can, nobody is let in over the network; --state takes another folder.`,
        { cause },
      );
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw this.#damaged("it is no JSON");
    }
    const parsed = safeParse(fileSchema, value);
    // What is wrong is not quoted: hashes have no place in a log.
    if (!parsed.success) throw this.#damaged("it is not in the form of this version");
    return parsed.output;
  }

  /** Replaces it as a whole, or not at all; on the disk when it resolves. @throws AccessFileError */
  async write(stored: StoredAccess): Promise<void> {
    const temporary = `${this.path}.${process.pid}.new`;
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      await rm(temporary, { force: true });
      // "wx": whatever somebody put there is not followed.
      const file = await open(temporary, "wx", 0o600);
      try {
        await file.writeFile(JSON.stringify(stored, null, 1) + "\n");
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.path);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      await rm(temporary, { force: true }).catch(() => undefined);
      throw new AccessFileError(
        `${this.path} cannot be written (${code ?? String(cause)}): make room there, or give the folder back to this user. Nothing was changed.`,
        { cause },
      );
    }
  }

  /** Changes when the file does, by whomever; null: there is none. */
  async state(): Promise<string | null> {
    try {
      const { ino, mtimeNs, size } = await stat(this.path, { bigint: true });
      return `${ino}-${mtimeNs}-${size}`;
    } catch {
      return null;
    }
  }

  #damaged(why: string): AccessFileError {
    return new AccessFileError(
      `${this.path} is damaged: ${why}. Nobody is let in over the network. Put a copy of it back, or begin anew: "zarrcam access reset" on the camera computer.`,
    );
  }
}
