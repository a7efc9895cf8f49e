// The page's webcams without the page around them, for journeys to call.
import { type Remote, proxy, transfer, wrap } from "comlink";

import type { Configuration } from "@zarrcam/protocol";

import type { DrivenCamera } from "../../../web/src/cameras/drivers.ts";
import { serveCameras } from "../../../web/src/cameras/page.ts";
import type { Report } from "../../../web/src/recorder/index.ts";

interface Webcams {
  use(page: MessagePort): void;
  list(): Promise<DrivenCamera[]>;
  stop(): void;
  record(configuration: Configuration, stallMs: number, tell: (report: Report) => void): Promise<Report>;
}

const tracks: MediaStreamTrack[] = [];
const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (constraints) => {
  const stream = await getUserMedia(constraints);
  tracks.push(...stream.getTracks());
  return stream;
};

const webcams: Remote<Webcams> = wrap<Webcams>(
  new Worker(new URL("./webcams.worker.ts", import.meta.url), { type: "module" }),
);
const { port1, port2 } = new MessageChannel();
serveCameras(port1);
await webcams.use(transfer(port2, [port2]));

/** Of the browser's own storage. */
async function bytes(path: string): Promise<Uint8Array> {
  let folder = await navigator.storage.getDirectory();
  const names = path.split("/").filter(Boolean);
  const file = names.pop() ?? "";
  for (const name of names) folder = await folder.getDirectoryHandle(name);
  return new Uint8Array(await (await (await folder.getFileHandle(file)).getFile()).arrayBuffer());
}

const page = {
  list: () => webcams.list(),
  stop: () => webcams.stop(),
  record: (configuration: Configuration, stallMs = 0, tell: (report: Report) => void = () => undefined) =>
    webcams.record(configuration, stallMs, proxy(tell)),
  /** Of all webcams that were opened: whether they still run. */
  states: () => tracks.map(({ readyState }) => readyState),
  bytes,
  text: async (path: string) => new TextDecoder().decode(await bytes(path)),
};
export type WebcamPage = typeof page;
Object.assign(window, { page });
