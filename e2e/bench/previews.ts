// The rate of live previews over the WebSocket, from a camera of 60 frames a second, to one client and to two.
import { connect } from "@zarrcam/client";

import { Bridge } from "../harness/bridge.ts";

const SECONDS = 4;

await using bridge = await Bridge.start();
const url = `${bridge.url.replace("http", "ws")}/ws`;
const runtime = await connect(url);
const { configuration } = await runtime.getRevision();
const video = configuration.video[0]!;
video.camera.identifier = await runtime.select("Camera", "simulated: uniform random");
video.storage.identifier = await runtime.select("Storage", "trash");
Object.assign(video.camera.settings, { shape: [1920, 1080], pixel_type: "U16", exposure_time_us: 1e6 / 60 });
await runtime.setConfiguration(configuration);
await runtime.start({ record: false });

async function rate(clients: number, maxWidth: number, maxHeight: number): Promise<void> {
  let pictures = 0;
  let bytes = 0;
  const connections = await Promise.all(Array.from({ length: clients }, () => connect(url)));
  for (const connection of connections)
    await connection.subscribePreview({ stream: 0, maxWidth, maxHeight }, ({ pixels }) => {
      pictures += 1;
      bytes += pixels.byteLength;
    });
  await new Promise((resolve) => setTimeout(resolve, 500));
  pictures = bytes = 0;
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1e3));
  const each = pictures / SECONDS / clients;
  const megabytes = bytes / SECONDS / 1e6;
  const size = `${maxWidth} x ${maxHeight}`.padEnd(11);
  console.log(`${clients} client(s), ${size} ${each.toFixed(1)} pictures/s each, ${megabytes.toFixed(0)} MB/s in all`);
  await Promise.all(connections.map((connection) => connection.close()));
}

for (const clients of [1, 2]) {
  await rate(clients, 640, 360);
  await rate(clients, 960, 540);
  await rate(clients, 1920, 1080);
}
await runtime.abort();
await runtime.close();
