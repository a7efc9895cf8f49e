// Reads a dataset, writes its archive into a file: 10 GB of checksums are nothing for the page's thread.
import { exportArchive } from "./export-archive.ts";
import type { FileSource } from "./file-source.ts";
import { Gate } from "./gate.ts";
import { HttpFiles } from "./http-files.ts";
import type { ExportedFrom, FromExport, ToExport } from "./messages.ts";
import { OpfsFiles } from "./opfs-files.ts";

const PROGRESS_MS = 100;
/** Headers and small files are put together: each write of a file goes through another process. */
const WRITE_BYTES = 1 << 20;

const controller = new AbortController();
const gate = new Gate();

self.addEventListener("message", ({ data }: MessageEvent<ToExport>) => {
  switch (data.kind) {
    case "start":
      return void run(filesOf(data.from), data.file);
    case "hold":
      return data.on ? gate.close() : gate.open();
    case "cancel":
      controller.abort();
      return gate.open();
  }
});

const post = (message: FromExport) => self.postMessage(message);

const filesOf = (from: ExportedFrom): FileSource =>
  "url" in from ? new HttpFiles(from.url) : new OpfsFiles(from.path);

async function run(source: FileSource, file: FileSystemFileHandle): Promise<void> {
  const { signal } = controller;
  let output: FileSystemWritableFileStream | null = null;
  try {
    const writable = (output = await file.createWritable());
    const buffer = new Uint8Array(WRITE_BYTES);
    let [used, written, toldAt] = [0, 0, 0];
    const flush = async () => {
      if (used > 0) await writable.write(buffer.subarray(0, used));
      used = 0;
    };
    const write = async (part: Uint8Array) => {
      written += part.length;
      if (used + part.length > WRITE_BYTES) await flush();
      if (part.length > WRITE_BYTES) return writable.write(part as Uint8Array<ArrayBuffer>);
      buffer.set(part, used);
      used += part.length;
    };
    const plan = await exportArchive(source, write, {
      signal,
      mayGoOn: () => gate.pass(),
      planned: async ({ totalBytes }) => assertRoom(file, totalBytes),
      progress: (progress) => {
        if (performance.now() - toldAt < PROGRESS_MS) return;
        toldAt = performance.now();
        post({ kind: "progress", progress });
      },
    });
    await flush();
    await writable.close();
    output = null;
    post({ kind: "done", plan, bytes: written });
  } catch (error) {
    await output?.abort().catch(() => undefined);
    post({
      kind: "failed",
      cancelled: signal.aborted,
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

/** Of a file in the browser's own storage, which has a limit; what the user has picked says by itself when its disk is full. */
async function assertRoom(file: FileSystemFileHandle, bytes: number): Promise<void> {
  const root = await navigator.storage.getDirectory().catch(() => null);
  if (!root || (await root.resolve(file)) === null) return;
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  const gigabytes = (value: number) => `${(value / 1e9).toFixed(1)} GB`;
  if (quota - usage < bytes)
    throw new Error(
      `This browser gives the page room for ${gigabytes(quota - usage)}, the file takes ${gigabytes(bytes)}. ` +
        "Chromium and Edge write it straight to a file that you choose.",
    );
}
