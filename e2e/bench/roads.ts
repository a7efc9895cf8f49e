// Pictures by the WebSocket and by the stream, taking turns in one page: what comes into its worker, what is shown and how old,
// alone and while the same camera records. Nobody looks into the browser's network meanwhile. `--only WORDS` runs the cells whose
// names hold them, `--seconds N` watches so long a turn, `--turns N` so often.
import { loadavg } from "node:os";
import { parseArgs } from "node:util";

import { connect } from "@zarrcam/client";
import type { PixelType, PreviewRoad } from "@zarrcam/protocol";

import { Bridge } from "../harness/bridge.ts";
import { BareBrowser } from "./bare-browser.ts";
import { type Figures, inPage, ready, watch } from "./page-figures.ts";

const text = { type: "string" } as const;
const { values: given } = parseArgs({ options: { only: text, seconds: text, turns: text } });
const SECONDS = Number(given.seconds ?? 6);
const TURNS = Number(given.turns ?? 3);
/** From choosing a road until it is measured, ms. */
const SETTLE_MS = 2000;

await using bridge = await Bridge.start();
const runtime = await connect(`${bridge.url.replace("http", "ws")}/ws`);

const cameras = [
  { name: "1920 x 1080 U16 at 60", shape: [1920, 1080], fps: 60 },
  { name: "2048 x 2048 U16 at 100", shape: [2048, 2048], fps: 100 },
] satisfies { name: string; shape: [number, number]; fps: number }[];
const windows = [
  { width: 1920, height: 1080 },
  { width: 2560, height: 1440 },
];

async function setUp({ shape, fps }: (typeof cameras)[number]): Promise<void> {
  const { configuration } = await runtime.getRevision();
  const video = configuration.video[0]!;
  video.camera.identifier = await runtime.select("Camera", "simulated: radial sin");
  video.storage.identifier = await runtime.select("Storage", "trash");
  const pixel_type: PixelType = "U16";
  Object.assign(video.camera.settings, { shape, pixel_type, exposure_time_us: 1e6 / fps });
  const [x, y] = video.storage.settings.acquisition_dimensions;
  [x, y].forEach((side, at) => Object.assign(side!, { array_size_px: shape[at], chunk_size_px: shape[at] }));
  video.max_frame_count = 2 ** 53;
  await runtime.setConfiguration(configuration);
}

/** Runs in the page. */
function fixHere(road: PreviewRoad | null) {
  const { viewer } = (globalThis as unknown as { zarrcam: { viewer: { fixRoad(road: PreviewRoad | null): void } } })
    .zarrcam;
  viewer.fixRoad(road);
}
async function turn(page: BareBrowser, road: PreviewRoad | null, settleMs = SETTLE_MS): Promise<Figures> {
  await page.evaluate(inPage(fixHere, road));
  const figures = await watch(page, SECONDS, settleMs);
  const share = figures.streamed / figures.carried;
  if ((road === "stream" && share < 0.9) || (road === "socket" && share > 0.1))
    console.log(`  (of this turn ${Math.round(share * 100)} % came by the stream)`);
  return figures;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
function tell(name: string, turns: Figures[]): Figures {
  const of = (pick: (one: Figures) => number) => median(turns.map(pick));
  const all = {
    ...turns[0]!,
    megabytes: of(({ megabytes }) => megabytes),
    shown: of(({ shown }) => shown),
    carried: of(({ carried }) => carried),
    ageMs: of(({ ageMs }) => ageMs),
  };
  const each = (pick: (one: Figures) => number) => turns.map((one) => pick(one).toFixed(0)).join(" ");
  console.log(
    `  ${name.padEnd(9)} ${all.megabytes.toFixed(0).padStart(4)} MB/s, ${all.carried.toFixed(1)} came and ` +
      `${all.shown.toFixed(1)} were shown a second, ${all.ageMs.toFixed(0)} ms old   ` +
      `(turns: MB/s ${each(({ megabytes }) => megabytes)}; shown ${each(({ shown }) => shown)}; ms ${each(({ ageMs }) => ageMs)})`,
  );
  return all;
}

/** Both roads in turn, of the run that goes on. */
async function compare(page: BareBrowser): Promise<void> {
  const roads: Record<PreviewRoad, Figures[]> = { socket: [], stream: [] };
  for (let at = 0; at < TURNS; at++) {
    // Each begins as often as the other: what drifts favours neither.
    const order: PreviewRoad[] = at % 2 === 0 ? ["socket", "stream"] : ["stream", "socket"];
    for (const road of order) roads[road].push(await turn(page, road));
  }
  const [socket, stream] = [tell("WebSocket", roads.socket), tell("stream", roads.stream)];
  console.log(`  stream to WebSocket: ${(stream.megabytes / socket.megabytes).toFixed(2)} of the bytes`);
}

for (const camera of cameras) {
  for (const size of windows) {
    const name = `${camera.name}, window of ${size.width} x ${size.height}`;
    if (!name.includes(given.only ?? "")) continue;
    await setUp(camera);
    await using page = await BareBrowser.open(bridge.url, size);
    await ready(page, size);
    console.log(`${name}; load ${loadavg()[0]!.toFixed(1)}`);
    await runtime.start({ record: false });
    await compare(page);
    // Left to itself, from the socket on.
    await page.evaluate(inPage(fixHere, "socket"));
    const chosen = await turn(page, null, 6000);
    tell(chosen.streamed > chosen.carried / 2 ? "by itself, the stream" : "by itself, the WebSocket", [chosen]);
    await runtime.abort();
    await runtime.start({ record: true });
    for (const road of ["socket", "stream"] as const) {
      const before = (await runtime.getStats()).streams[0]!.ledger;
      const among = await turn(page, road);
      const after = (await runtime.getStats()).streams[0]!.ledger;
      console.log(
        `  recording, ${road}: ${among.shown.toFixed(1)} shown a second; ${after.stored - before.stored} of ` +
          `${after.captured - before.captured} frames saved, ${after.dropped - before.dropped} lost`,
      );
    }
    await runtime.abort();
  }
}
await runtime.close();
