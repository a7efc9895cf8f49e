// For `link.test.ts`: a client on a host of its own, behind a network that carries so much. Tells what its pictures lost, as JSON.
import { parsePreviewFrame } from "@zarrcam/protocol";
import { WebSocket } from "ws";

import { SlowLink } from "../../server/test/slow-link.ts";

const [host = "", bitsPerS, roundTripMs] = process.argv.slice(2);
const PORT = 8421;
const SECONDS = 3;
const SIZE = { width: 1280, height: 960 };
await using link = await SlowLink.before(
  { port: PORT, host },
  { bytesPerS: Number(bitsPerS) / 8, roundTripMs: Number(roundTripMs) },
);
const headers = { host: `${host}:${PORT}` };
const socket = new WebSocket(`ws://127.0.0.1:${link.port}/ws?notifications=`, "zarrcam.v1", { headers });
const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
let lastId = 0;
function call(method: string, params: object): Promise<unknown> {
  const id = ++lastId;
  socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}
const told = { pictures: 0, lossy: 0, packed: 0, smaller: 0, bytes: 0, seconds: SECONDS };
socket.on("message", (data: Buffer, isBinary) => {
  if (!isBinary) {
    const { id, result, error } = JSON.parse(data.toString()) as { id?: number; result?: unknown; error?: object };
    if (error) waiting.get(id ?? 0)?.reject(new Error(JSON.stringify(error)));
    else waiting.get(id ?? 0)?.resolve(result);
    return;
  }
  const { header } = parsePreviewFrame(data);
  told.pictures += 1;
  told.bytes += data.length;
  if (header.adaptation?.window != null) told.lossy += 1;
  if (header.adaptation?.encoding === "blosc") told.packed += 1;
  if (header.width !== SIZE.width) told.smaller += 1;
  const params = { subscription: header.subscription, frame: header.hardwareFrameId, held_ms: 0 };
  socket.send(JSON.stringify({ jsonrpc: "2.0", method: "preview.ack", params }));
});
await new Promise((resolve) => socket.once("message", resolve));
const settings = { shape: [SIZE.width, SIZE.height], pixel_type: "U12", exposure_time_us: 33_000 };
const camera = { identifier: { kind: "Camera", name: "simulated: uniform random" }, settings };
await call("set_configuration", { configuration: { video: [{ camera }] } });
await call("start", { record: false });
const wanted = { stream: 0, max_width: SIZE.width, max_height: SIZE.height, encodings: ["blosc", "jpeg"] };
await call("preview.subscribe", wanted);
await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
console.log(JSON.stringify(told));
await call("abort", {});
socket.terminate();
process.exit(0);
