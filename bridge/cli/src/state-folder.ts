import { chmod, mkdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where this system keeps what programs of a user remember. */
export function defaultStateDir(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(home, "AppData", "Local"), "zarrcam");
  if (platform === "darwin") return join(home, "Library", "Application Support", "zarrcam");
  // A relative one is to be ignored, as the XDG specification has it.
  const xdg = env.XDG_STATE_HOME;
  return xdg?.startsWith("/") ? join(xdg, "zarrcam") : join(home, ".local", "state", "zarrcam");
}

/** Makes the folder where it is not there, and lets nobody else look into it. */
export async function prepareStateDir(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Windows gives a folder in the user's profile to the user alone by itself.
    if (process.platform !== "win32" && ((await stat(folder)).mode & 0o077) !== 0) await chmod(folder, 0o700);
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(`The state folder ${folder} cannot be used: ${message}. --state takes another folder.`, { cause });
  }
}
