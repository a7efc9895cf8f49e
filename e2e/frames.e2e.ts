// Every frame of a recording, read in Chromium by the client that a page would use.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { FrameStream } from "@zarrcam/client";
import { build } from "vite";

import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

const CLIENT = fileURLToPath(new URL("../bridge/client/src/remote/frame-stream.ts", import.meta.url));
const FRAMES = 20;
const [WIDTH, HEIGHT] = [1920, 1080];

interface Scope {
  zarrcamFrames: { FrameStream: typeof FrameStream };
  stream: FrameStream;
}

/** The client as one script, which defines `zarrcamFrames`. */
async function bundled(): Promise<string> {
  const lib = { entry: CLIENT, formats: ["iife" as const], name: "zarrcamFrames" };
  const built = await build({ configFile: false, logLevel: "error", build: { write: false, minify: false, lib } });
  const [output] = [built].flat();
  if (!output || !("output" in output)) throw new Error("vite gave no bundle");
  return output.output[0].code;
}

test("Chromium reads every frame of a recording, byte for byte what is stored beside it", async ({
  bridge,
  runtime,
  openPage,
}) => {
  const size = { width: WIDTH, height: HEIGHT, exposureMs: 50 };
  await configure(runtime, { name: "out.raw", storage: "raw", ...size, points: FRAMES });

  const { page, errors } = await openPage(bridge.url);
  // Asked by the debugger, since no page may run what does not come from its bridge.
  await page.evaluate(`${await bundled()}; globalThis.zarrcamFrames = zarrcamFrames; undefined`);
  await page.evaluate(async () => {
    const scope = globalThis as unknown as Scope;
    scope.stream = await scope.zarrcamFrames.FrameStream.open(location.origin, { nextRun: true });
  });
  await runtime.start();
  const told = await page.evaluate(
    async ([frames, bytes]) => {
      const { stream } = globalThis as unknown as Scope;
      const [all, kinds] = [new Uint8Array(frames! * bytes!), [] as string[]];
      for await (const event of stream) {
        if (event.kind === "frame") all.set(event.pixels, event.frameIndex * bytes!);
        if (kinds.at(-1) !== event.kind) kinds.push(event.kind);
      }
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
      return { kinds, digest: [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
    },
    [FRAMES, WIDTH * HEIGHT],
  );
  expect(await runtime.stop()).toMatchObject({ complete: true });
  expect(told.kinds).toEqual(["begin", "frame", "end"]);
  const stored = await readFile(join(bridge.dataDir, "out.raw"));
  expect(told.digest).toBe(createHash("sha256").update(stored).digest("hex"));
  expect(errors).toEqual([]);
});
