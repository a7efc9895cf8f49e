import { open, rm } from "node:fs/promises";
import { join } from "node:path";

import { FrameStream } from "@zarrcam/client";
import { type FrameClientStats, MAX_FRAME_CLIENTS, type RunSummary, type Stats } from "@zarrcam/protocol";
import { expect, test } from "vitest";

import { Victim, besideARecording, describeOnLinux, getRequest, goOn, rawConnection, sleep, until } from "./victim.ts";

const FRAMES = "/streams/0/frames";

describeOnLinux("clients of every frame, while 1920 x 1080 at 30 frames/s are recorded", () => {
  const recording = besideARecording();
  const clients = async (): Promise<FrameClientStats[]> =>
    (await recording.victim.watcher.call<Stats>("get_stats")).streams[0]!.frame_clients;

  test("as many as there may be, that read nothing", { timeout: 60_000 }, async () => {
    await recording.victim.under(
      "frames, unread",
      async () => {
        const { port } = recording.victim;
        const sockets = await Promise.all(Array.from({ length: MAX_FRAME_CLIENTS }, () => rawConnection(port)));
        for (const socket of sockets) socket.pause().write(getRequest(port, FRAMES));
        await until(async () => (await clients()).filter(({ lost }) => lost > 30).length === sockets.length, "lost");
        for (const socket of sockets) socket.destroy();
        await until(async () => (await clients()).every(({ connected }) => !connected), "noticed that they left");
      },
      // Of each its 128 MiB, what is on its way, and what the system holds.
      MAX_FRAME_CLIENTS * (128 + 16) + 200,
    );
    for (const { waiting, taken, lost } of await clients()) {
      expect(waiting).toBe(0);
      expect(taken + lost).toBeGreaterThan(30);
    }
  });

  test("that come and are killed in the middle of a frame, again and again", { timeout: 60_000 }, async () => {
    await recording.victim.under(
      "frames, killed",
      async () => {
        const { port } = recording.victim;
        let over = false;
        const killing = Array.from({ length: 3 }, async () => {
          while (!over) {
            const socket = await rawConnection(port);
            socket.write(getRequest(port, FRAMES));
            await sleep(50 + 100 * Math.random());
            socket.resetAndDestroy();
          }
        });
        await goOn(2000);
        over = true;
        await Promise.all(killing);
      },
      MAX_FRAME_CLIENTS * (128 + 16) + 200,
    );
    // Statistics tell of some that are gone, not of all.
    expect((await clients()).length).toBeLessThanOrEqual(16);
  });

  test("one whose network stalls for 10 s has its losses told, and reads on; another beside it loses nothing", async () => {
    await recording.victim.under(
      "frames, stalled for 10 s",
      async () => {
        const url = `http://127.0.0.1:${recording.victim.port}/`;
        const reads = async (stallsMs: number) => {
          const told = { frames: 0, lost: 0, causes: new Set<string>(), after: 0 };
          for await (const event of await FrameStream.open(url)) {
            if (event.kind === "lost") {
              told.lost += event.count;
              told.causes.add(event.cause);
            }
            if (event.kind !== "frame") continue;
            if ((told.frames += 1) === 10) await sleep(stallsMs);
            if (told.frames > 10 && told.lost > 0) told.after += 1;
            if (told.after > 30 || (stallsMs === 0 && told.frames > 300)) break;
          }
          return told;
        };
        const [stalled, goesOn] = await Promise.all([reads(10_000), reads(0)]);
        expect(stalled.lost).toBeGreaterThan(100);
        expect([...stalled.causes]).toEqual(["client"]);
        expect(goesOn).toMatchObject({ lost: 0 });
      },
      2 * (128 + 16) + 200,
    );
  });
});

describeOnLinux("every frame of 1920 x 1080 at 60 frames/s for 5 s", () => {
  test("comes, and is what storage wrote beside it", { timeout: 60_000 }, async () => {
    const victim = await Victim.start();
    const dimension = (name: string, kind: string, size: number, chunk: number) => ({
      name,
      kind,
      array_size_px: size,
      chunk_size_px: chunk,
    });
    const settings = {
      uri: "out.raw",
      acquisition_dimensions: [
        dimension("x", "Space", 1920, 1920),
        dimension("y", "Space", 1080, 1080),
        dimension("t", "Time", 0, 60),
      ],
    };
    const camera = { shape: [1920, 1080], pixel_type: "U8", exposure_time_us: 1e6 / 60 };
    await victim.watcher.call("set_configuration", {
      configuration: {
        video: [
          {
            camera: { identifier: { kind: "Camera", name: "simulated: uniform random" }, settings: camera },
            storage: { identifier: { kind: "Storage", name: "raw" }, settings },
            max_frame_count: 300,
          },
        ],
      },
    });
    const stream = await FrameStream.open(`http://127.0.0.1:${victim.port}/`, { nextRun: true });
    await victim.watcher.call("start", { record: true });
    // A few numbers of each frame, wherever they lie; all pixels of every tenth one.
    const some = (pixels: Uint8Array) => Buffer.from(Array.from({ length: 2025 }, (_, at) => pixels[1024 * at]!));
    const seen: Buffer[] = [];
    for await (const event of stream) {
      expect(event.kind).not.toBe("lost");
      if (event.kind === "frame")
        seen.push(event.frameIndex % 10 === 0 ? Buffer.from(event.pixels) : some(event.pixels));
      if (event.kind === "end") expect(event).toMatchObject({ capturedEnd: 300, lost: 0, end: "complete" });
    }
    expect(await victim.watcher.call<RunSummary>("stop")).toMatchObject({ complete: true });
    const file = await open(join(victim.dataDir, "out.raw"));
    const frame = Buffer.alloc(1920 * 1080);
    for (const [frameIndex, pixels] of seen.entries()) {
      await file.read(frame, 0, frame.length, frameIndex * frame.length);
      expect(pixels.equals(frameIndex % 10 === 0 ? frame : some(frame)), `frame ${frameIndex}`).toBe(true);
    }
    expect(seen).toHaveLength(300);
    await file.close();
    await rm(join(victim.dataDir, "out.raw"));
    await victim.end();
  });
});
