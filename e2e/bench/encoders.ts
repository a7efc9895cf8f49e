// How fast tiles are encoded: by the core in wasm, by the same code natively on one thread, and by npm's numcodecs; of the same
// frames, one after the other, the best of several turns each. `npm run bench` has it among the others.
// `node --import tsx e2e/bench/encoders.ts WASM NATIVE_COMMAND [SECONDS_A_FIGURE]`
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import Blosc from "numcodecs/blosc";
import Zstd from "numcodecs/zstd";

/** A line of `native/zarr/examples/encode_speed.rs`. */
interface NativeRate {
  case: string;
  /** `blosc-lz4-1 bit` */
  codec: string;
  item_bytes: number;
  width: number;
  height: number;
  tile_width: number;
  tile_height: number;
  gb_per_s: number;
  ratio: number;
}

/** `native/wasm/examples/encoder.rs` */
interface Exports {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  open(kind: number, level: number, shuffle: number, itemBytes: number, tileBytes: number): number;
  encode(encoder: number, frame: number, frameBytes: number, stride: number, rowBytes: number, rows: number): number;
}

const KINDS = ["blosc-lz4", "blosc-zstd", "zstd", "raw"];
const [wasmPath = "", nativeCommand = "[]", seconds = "0.4"] = process.argv.slice(2);

/** What this thread has had of a processor, ms: others who use the machine do not count. Where the system does not say, the time. */
function threadMs(): number {
  try {
    return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** GB/s of the best turn. */
async function rate(bytes: number, work: () => unknown): Promise<number> {
  await work();
  const until = performance.now() + Number(seconds) * 1e3;
  let best = Infinity;
  while (performance.now() < until) {
    const begun = threadMs();
    await work();
    best = Math.min(best, threadMs() - begun);
  }
  return bytes / best / 1e6;
}

function codecOf(name: string): { kind: string; level: number; shuffle: number } {
  const [full = "", bit] = name.split(" ");
  const parts = /^(.*?)(?:-(\d+))?$/.exec(full);
  const kind = parts?.[1] ?? "";
  return { kind, level: Number(parts?.[2] ?? 0), shuffle: bit ? 2 : kind.startsWith("blosc") ? 1 : 0 };
}

/** Each tile in a piece of its own, as numcodecs wants it. */
function tilesOf(frames: Uint8Array, at: NativeRate): Uint8Array[] {
  const stride = at.width * at.item_bytes;
  const row = at.tile_width * at.item_bytes;
  const tiles: Uint8Array[] = [];
  for (let top = 0; top < frames.length / stride; top += at.tile_height)
    for (let left = 0; left < stride; left += row) {
      const tile = new Uint8Array(row * at.tile_height);
      for (let y = 0; y < at.tile_height; y += 1) {
        const start = (top + y) * stride + left;
        tile.set(frames.subarray(start, start + row), y * row);
      }
      tiles.push(tile);
    }
  return tiles;
}

const folder = mkdtempSync(join(tmpdir(), "zarrcam-encoders-"));
try {
  const [command = "", ...args] = JSON.parse(nativeCommand) as string[];
  const lines = execFileSync(command, [...args, seconds, folder], { encoding: "utf8" })
    .trim()
    .split("\n");
  const { instance } = await WebAssembly.instantiate(readFileSync(wasmPath), {});
  const wasm = instance.exports as unknown as Exports;
  const inMemory = new Map<string, number>();
  console.log(
    `${"GB/s, one thread".padEnd(24)}${"native".padStart(8)}${"wasm".padStart(8)}${"numcodecs".padStart(11)}${"wasm/native".padStart(13)}`,
  );
  for (const at of lines.map((line) => JSON.parse(line) as NativeRate)) {
    const { kind, level, shuffle } = codecOf(at.codec);
    if (kind === "raw") continue;
    const frames = new Uint8Array(readFileSync(join(folder, at.case)));
    const start = inMemory.get(at.case) ?? wasm.allocate(frames.length);
    if (!inMemory.has(at.case)) new Uint8Array(wasm.memory.buffer, start, frames.length).set(frames);
    inMemory.set(at.case, start);
    const encoder = wasm.open(
      KINDS.indexOf(kind),
      level,
      shuffle,
      at.item_bytes,
      at.tile_width * at.tile_height * at.item_bytes,
    );
    let encoded = 0;
    const ours = await rate(frames.length, () => {
      encoded = wasm.encode(
        encoder,
        start,
        frames.length,
        at.width * at.item_bytes,
        at.tile_width * at.item_bytes,
        at.tile_height,
      );
    });
    if (Math.abs(frames.length / encoded / at.ratio - 1) > 1e-3)
      throw new Error(`${at.codec}: wasm gives other bytes than the native encoder`);
    const codec =
      kind === "zstd"
        ? Zstd.fromConfig({ id: "zstd", level })
        : Blosc.fromConfig({ id: "blosc", clevel: level, cname: kind.slice("blosc-".length), shuffle });
    const tiles = tilesOf(frames, at);
    const theirs = await rate(frames.length, async () => {
      for (const tile of tiles) await codec.encode(tile);
    });
    const shown = [at.gb_per_s, ours].map((value) => value.toFixed(2).padStart(8)).join("");
    console.log(
      `${`${at.case} ${at.codec}`.padEnd(24)}${shown}${theirs.toFixed(2).padStart(11)}${(ours / at.gb_per_s).toFixed(2).padStart(13)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
