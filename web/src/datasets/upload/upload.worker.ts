// Reads a dataset of this browser, and copies it to the camera computer.
import type { Failed, ToCopier } from "../copying.ts";
import { Gate } from "../export/gate.ts";
import { OpfsFiles } from "../export/opfs-files.ts";
import { type UploadProgress, uploadDataset } from "./upload-dataset.ts";

export interface StartUpload {
  kind: "start";
  path: string;
  origin: string;
  name: string;
}

export interface Uploaded {
  kind: "done";
}

/** While it is held nothing is sent. */
export type ToUpload = StartUpload | ToCopier;

export type FromUpload = { kind: "progress"; progress: UploadProgress } | Uploaded | Failed;

const PROGRESS_MS = 100;
const controller = new AbortController();
const gate = new Gate();
const post = (message: FromUpload) => self.postMessage(message);

self.addEventListener("message", ({ data }: MessageEvent<ToUpload>) => {
  if (data.kind === "start") return void run(data.path, data.origin, data.name);
  if (data.kind === "hold") return data.on ? gate.close() : gate.open();
  controller.abort();
  gate.open();
});

async function run(path: string, origin: string, name: string): Promise<void> {
  const { signal } = controller;
  let toldAt = 0;
  try {
    await uploadDataset(new OpfsFiles(path), origin, name, {
      signal,
      mayGoOn: () => gate.pass(),
      progress: (progress) => {
        if (performance.now() - toldAt < PROGRESS_MS) return;
        toldAt = performance.now();
        post({ kind: "progress", progress });
      },
    });
    post({ kind: "done" });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    post({ kind: "failed", cancelled: signal.aborted, message });
  }
}
