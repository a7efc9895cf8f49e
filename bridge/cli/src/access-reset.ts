import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

import { AUTHORITY_FILE, CERTIFICATE_FILE } from "@zarrcam/server";

import { print } from "./output.ts";
import { pathArgument } from "./path-argument.ts";
import { defaultStateDir } from "./state-folder.ts";

/** Where the bridge keeps who is paired; it notices by itself when this file has gone. */
const ACCESS_FILE = "access.json";

/** Forgets who is paired, and with `newAuthority` the certificate authority, too. */
export async function resetAccess(state: string | undefined, newAuthority: boolean): Promise<void> {
  const folder = state === undefined ? defaultStateDir() : resolve(pathArgument(state));
  const paired = await countPaired(join(folder, ACCESS_FILE));
  await rm(join(folder, ACCESS_FILE), { force: true });
  print(
    paired === 0
      ? `No other computer was paired in ${folder}.`
      : `No other computer is paired any more${paired === null ? "" : ` (${paired} ${paired === 1 ? "was" : "were"})`}. Links and QR codes that were made before do not hold.`,
  );
  if (!newAuthority) return;
  for (const name of [AUTHORITY_FILE, CERTIFICATE_FILE]) await rm(join(folder, name), { force: true });
  print(
    "The certificate authority is gone. `zarrcam serve --lan` makes a new one at its next start; a bridge that runs keeps the old one until then.\n" +
      "On each computer that trusted the old one remove it there (its trust page says how), and add the new one.",
  );
}

/** Null: it cannot be said. */
async function countPaired(path: string): Promise<number | null> {
  try {
    const { devices } = JSON.parse(await readFile(path, "utf8")) as { devices?: unknown };
    return Array.isArray(devices) ? devices.length : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? 0 : null;
  }
}
