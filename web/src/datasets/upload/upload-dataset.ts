import type { DatasetFile, FileSource } from "../export/file-source.ts";

export interface UploadProgress {
  bytes: number;
  totalBytes: number;
}

export interface UploadOptions {
  signal: AbortSignal;
  progress?: (progress: UploadProgress) => void;
  /** Asked before every piece: resolves when it may go on. */
  mayGoOn?: () => Promise<void>;
}

/** A piece that the network lost is sent again so often. */
const TRIES = 4;
const PAUSE_MS = 1000;

/**
 * Copies a dataset into the data folder of a camera computer, in pieces (`bridge/protocol/README.md`, Uploads). It is there when all
 * of it is; where it cannot be, or is cancelled, nothing of it is left.
 * @param origin of the camera computer
 */
export async function uploadDataset(
  source: FileSource,
  origin: string,
  name: string,
  { signal, progress, mayGoOn }: UploadOptions,
): Promise<void> {
  const files = await source.list(signal);
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const query = new URLSearchParams({ name, files: String(files.length), bytes: String(totalBytes) });
  const begun = await ask(`${origin}/uploads?${query}`, { method: "POST", signal });
  const { id, most_piece_bytes } = (await begun.json()) as { id: string; most_piece_bytes: number };
  const address = `${origin}/uploads/${id}`;
  try {
    let sent = 0;
    for (const file of files)
      for await (const { at, bytes } of piecesOf(file, await source.read(file, signal), most_piece_bytes)) {
        await mayGoOn?.();
        await sendPiece(`${address}/${encoded(file.path)}?at=${at}`, bytes, signal);
        sent += bytes.length;
        progress?.({ bytes: sent, totalBytes });
      }
    await ask(address, { method: "POST", signal });
  } catch (error) {
    await fetch(address, { method: "DELETE" }).catch(() => undefined);
    throw error;
  }
}

async function sendPiece(address: string, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries += 1)
    try {
      await ask(address, { method: "PUT", body, signal });
      return;
    } catch (error) {
      // A piece may come twice; what was refused will be again.
      if (error instanceof RefusedError || signal.aborted || tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
    }
}

/** What the camera computer says, in a sentence. */
class RefusedError extends Error {
  override readonly name = "RefusedError";
}

async function ask(address: string, init: RequestInit): Promise<Response> {
  const response = await fetch(address, { ...init, cache: "no-store" });
  if (response.ok) return response;
  const text = (await response.text()).trim();
  throw new RefusedError(text || `The camera computer answers ${response.status}.`);
}

/** As large as may be, and one of no bytes for an empty file. */
async function* piecesOf(
  { path, bytes }: DatasetFile,
  stream: ReadableStream<Uint8Array>,
  most: number,
): AsyncGenerator<{ at: number; bytes: Uint8Array<ArrayBuffer> }, void> {
  const piece = new Uint8Array(Math.min(most, Math.max(bytes, 1)));
  const reader = stream.getReader();
  let [used, at] = [0, 0];
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read())
      for (let part = next.value; part.length > 0;) {
        const fits = Math.min(part.length, piece.length - used);
        piece.set(part.subarray(0, fits), used);
        part = part.subarray(fits);
        used += fits;
        if (used < piece.length) continue;
        yield { at, bytes: piece };
        at += used;
        used = 0;
      }
    if (used > 0 || bytes === 0) yield { at, bytes: piece.subarray(0, used) };
    if (at + used !== bytes) throw new Error(`${path} has changed while it was copied.`);
  } finally {
    // Whoever stops in the middle wants no more of it.
    reader.cancel().catch(() => undefined);
  }
}

const encoded = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
