// A bridge with a data folder in which there is what is asked for and what must not be had, and a page; for the tests of a file.
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll } from "vitest";

import { type Bridge, startBridge } from "../src/index.ts";
import { type RawAnswer, get } from "./raw-http.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

export const VIEWER = "https://viewer.example";
/** Its page may do all that the bridge's own may. */
export const SITE = "https://site.example";
export const chunk = Buffer.from(Array.from({ length: 1000 }, (_, at) => at % 251));

export interface ServedScene {
  folder: string;
  bridge: Bridge;
  runtime: ScriptedRuntime;
  ask(target: string, headers?: Record<string, string>, method?: string): Promise<RawAnswer>;
}

/** To be called once in a file; it is there from the first test on. */
export function servedFolder(): ServedScene {
  const scene = {} as ServedScene;
  scene.ask = async (target, headers, method) => (await get(scene.bridge.port, target, headers, method))!;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "zarrcam-http-"));
    const data = join(folder, "data");
    await mkdir(join(data, "a.zarr/0/c/0"), { recursive: true });
    await mkdir(join(data, "a.zarr/0/.zarrcam"));
    await mkdir(join(data, "with space"));
    await writeFile(join(data, "a.zarr/.zgroup"), '{"zarr_format": 2}');
    await writeFile(join(data, "a.zarr/zarr.json"), "{}");
    await writeFile(join(data, "a.zarr/0/c/0/0"), chunk);
    await writeFile(join(data, "a.zarr/0/.zarrcam/frames.log"), "log");
    await writeFile(join(data, "a.zarr/0/.zarrcam/spill-0"), "private");
    await writeFile(join(data, "a.zarr/empty"), "");
    await writeFile(join(data, "evil.html"), "<script>alert(1)</script>");
    await writeFile(join(data, "with space/%2e%2e"), "percent");
    await writeFile(join(folder, "secret"), "secret");
    await symlink(join(folder, "secret"), join(data, "link-out"));
    await symlink(folder, join(data, "folder-out"));
    await symlink(join(data, "a.zarr/0"), join(data, "link-in"));
    await mkdir(join(folder, "page/assets"), { recursive: true });
    await writeFile(join(folder, "page/index.html"), "<!doctype html><title>zarrcam</title>");
    await writeFile(join(folder, "page/assets/app-1a2b.js"), "export {}");
    scene.folder = folder;
    scene.runtime = new ScriptedRuntime(data);
    scene.bridge = await startBridge({
      runtime: scene.runtime.asHost(),
      port: 0,
      pageDir: join(folder, "page"),
      allowedOrigins: { read: [VIEWER], control: [SITE] },
      version: "test",
    });
  });
  afterAll(async () => {
    await scene.bridge.close();
    await rm(scene.folder, { recursive: true });
  });
  return scene;
}
