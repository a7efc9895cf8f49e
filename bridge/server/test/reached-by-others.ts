// A bridge that other computers reach, for each test of a file: with a file in its data folder, and a state folder.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach } from "vitest";

import { LanBridge, hasOther } from "./lan-bridge.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

export interface PairedScene {
  folder: string;
  runtime: ScriptedRuntime;
  lan: LanBridge;
}

/** To be called once in a file; what it gives is another in each test. */
export function reachedByOthers(): PairedScene {
  const scene = {} as PairedScene;
  beforeEach(async () => {
    scene.folder = await mkdtemp(join(tmpdir(), "zarrcam-paired-"));
    await writeFile(join(scene.folder, "a.bin"), "pixels");
    await mkdir(join(scene.folder, ".state"));
    scene.runtime = new ScriptedRuntime(scene.folder);
    const stateDir = join(scene.folder, ".state");
    if (hasOther) scene.lan = await LanBridge.start(scene.runtime.asHost(), { stateDir });
  });
  afterEach(async () => {
    await scene.lan?.close();
    await rm(scene.folder, { recursive: true });
  });
  return scene;
}

/** The code with which a call was refused; null: it was not. */
export async function refusal(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => null,
    (refused: unknown) => refused,
  );
  return (error as { data?: { code: string } } | null)?.data?.code ?? error;
}
