// What a browser must have, feature by feature: what is missing is named, with the way out and what goes on without it.

/** What the worker that records sees of its browser. */
export interface Scope {
  isSecureContext: boolean;
  navigator: {
    storage?: {
      getDirectory?: () => Promise<unknown>;
      estimate?: () => Promise<{ quota?: number; usage?: number }>;
    };
    locks?: unknown;
  };
  FileSystemFileHandle?: { prototype: object };
}

/** With less room than this a recording ends before it has begun. */
const LITTLE_BYTES = 64 << 20;

const GOES_ON = "Cameras, live view and set-up work all the same; a camera computer can record.";

/** Why nothing can be recorded into this browser, in sentences; null: it can. */
export async function recordingLack(scope: Scope = globalThis): Promise<string | null> {
  const why = await missing(scope);
  return why === null ? null : `Nothing can be recorded into this browser: ${why} ${GOES_ON}`;
}

async function missing({ isSecureContext, navigator, FileSystemFileHandle }: Scope): Promise<string | null> {
  const { storage, locks } = navigator;
  if (!isSecureContext)
    return "browsers give their storage to secure pages alone. Open this page by https, or as http://localhost.";
  if (!storage?.getDirectory)
    return "it has no storage of its own for pages (OPFS). Take a newer one: Chromium 102, Firefox 111 or Safari 16.";
  if (!FileSystemFileHandle || !("createSyncAccessHandle" in FileSystemFileHandle.prototype))
    return "its workers do not write files at once (sync access handles). Take a newer one.";
  if (!locks)
    return "it has no locks between its tabs (Web Locks), so two of them could write one dataset. Take a newer one.";
  try {
    await storage.getDirectory();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return `it refuses its storage, as private windows do (${text}). Open the page in another window.`;
  }
  return null;
}

/** What should be known of the room that there is, in a sentence; null: nothing. */
export async function littleRoom(scope: Scope = globalThis): Promise<string | null> {
  const { quota, usage } = (await scope.navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  if (quota === undefined || quota - (usage ?? 0) >= LITTLE_BYTES) return null;
  const left = Math.max(0, Math.floor((quota - (usage ?? 0)) / 1e6));
  return `This browser has ${left} MB left for recordings. Delete datasets, or leave the private window.`;
}
