// Every frame of a recording over HTTP: how fast Node and Chromium read it, beside previews over the WebSocket. The camera is as
// fast as it can, nothing is written, and the run waits for its reader: so the reader's road is what is measured.
import { connect, FrameStream } from "@zarrcam/client";

import { Bridge } from "../harness/bridge.ts";
import { BareBrowser } from "./bare-browser.ts";

const SECONDS = 4;

await using bridge = await Bridge.start();
const runtime = await connect(`${bridge.url.replace("http", "ws")}/ws`);
const { configuration } = await runtime.getRevision();
const video = configuration.video[0]!;
video.camera.identifier = await runtime.select("Camera", "simulated: empty");
video.storage.identifier = await runtime.select("Storage", "trash");
Object.assign(video.camera.settings, { shape: [1920, 1080], pixel_type: "U8", exposure_time_us: 0 });
video.max_frame_count = 2 ** 53;
await runtime.setConfiguration(configuration);

function tell(road: string, bytes: number, seconds: number): void {
  console.log(`${road.padEnd(44)} ${(bytes / seconds / 1e9).toFixed(2)} GB/s`);
}

/** In Node and in the page alike: reads the body and throws it away. */
async function drain({
  url,
  seconds,
  ws,
}: {
  url: string;
  seconds: number;
  ws?: boolean;
}): Promise<{ bytes: number; seconds: number }> {
  let bytes = 0;
  if (ws) {
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws?notifications=`, "zarrcam.v1");
    socket.binaryType = "arraybuffer";
    const say = (method: string, params: object, id?: number) =>
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    socket.onopen = () => say("preview.subscribe", { stream: 0, max_width: 8192, max_height: 8192 }, 1);
    let began = 0;
    await new Promise<void>((resolve) => {
      socket.onmessage = ({ data }) => {
        if (typeof data === "string") return;
        const view = new DataView(data as ArrayBuffer);
        began ||= performance.now();
        bytes += view.byteLength;
        const [subscription, frame] = [view.getUint32(8, true), Number(view.getBigUint64(56, true))];
        say("preview.ack", { subscription, frame });
        if (performance.now() - began > seconds * 1000) resolve();
      };
    });
    socket.close();
    return { bytes, seconds: (performance.now() - began) / 1000 };
  }
  const response = await fetch(`${url}/streams/0/frames?back_pressure=true`);
  const reader = response.body!.getReader({ mode: "byob" });
  let memory = new ArrayBuffer(2 << 20);
  const began = performance.now();
  while (performance.now() - began < seconds * 1000) {
    const { value } = await reader.read(new Uint8Array(memory));
    if (!value) throw new Error("The stream ended.");
    bytes += value.byteLength;
    memory = value.buffer;
  }
  const took = (performance.now() - began) / 1000;
  await reader.cancel();
  return { bytes, seconds: took };
}

async function parsed(): Promise<void> {
  const stream = await FrameStream.open(bridge.url, { backPressure: true });
  const began = performance.now();
  let bytes = 0;
  for await (const event of stream) {
    if (event.kind === "lost") throw new Error(`${event.count} frames were lost (${event.cause})`);
    if (event.kind === "frame") bytes += event.bytes;
    if (performance.now() - began > SECONDS * 1000) break;
  }
  tell("Node, the client's FrameStream", bytes, (performance.now() - began) / 1000);
}

await runtime.start();
const plain = await drain({ url: bridge.url, seconds: SECONDS });
tell("Node, fetch with a BYOB reader", plain.bytes, plain.seconds);
await parsed();
{
  await using browser = await BareBrowser.open(bridge.url);
  const inPage = (given: object) =>
    `(() => { const __name = (one) => one; return (${drain.toString()})(${JSON.stringify(given)}); })()`;
  const read = (given: object) => browser.evaluate<{ bytes: number; seconds: number }>(inPage(given));
  const stream = await read({ url: bridge.url, seconds: SECONDS });
  tell("Chromium, fetch with a BYOB reader", stream.bytes, stream.seconds);
  await runtime.abort();
  // Previews show a screen's rate at most, and fewer of a camera that keeps its buffers full.
  Object.assign(video.camera.settings, { pixel_type: "U16", exposure_time_us: 1e6 / 60 });
  await runtime.setConfiguration(configuration);
  await runtime.start({ record: false });
  const socket = await read({ url: bridge.url, seconds: SECONDS, ws: true });
  tell("Chromium, previews over the WebSocket", socket.bytes, socket.seconds);
}
await runtime.abort();
await runtime.close();
