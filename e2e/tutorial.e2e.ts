import { readFile } from "node:fs/promises";

import type { Configuration } from "@zarrcam/protocol";

import { expect, test } from "./harness/test.ts";

/** The values of a document by their place, dimensions by their name: one that is not there has none. */
function values({ video: [stream] }: Configuration): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const walk = (value: unknown, path: string): void => {
    if (value === null || typeof value !== "object") return void found.set(path, value);
    // Names decide; a device's `id` is ignored.
    if (path.endsWith(".id")) return;
    for (const [key, inner] of Object.entries(value)) {
      const name = Array.isArray(value) ? ((inner as { name?: string } | null)?.name ?? key) : key;
      walk(inner, `${path}.${name}`);
    }
  };
  walk(stream, "");
  return found;
}

test("the tutorial by hand, from the defaults: an action for each value that differs, and no more than five besides", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const before = values(await runtime.getConfiguration());
  const example = new URL("../native/config/examples/chunked.json", import.meta.url);
  const wanted = JSON.parse(await readFile(example, "utf8")) as Configuration;

  const app = await openApp(bridge.url);
  const { page, errors } = app;
  let actions = 0;
  const act = async (action: Promise<unknown>): Promise<void> => {
    actions += 1;
    await action;
    await expect(page.getByRole("dialog")).toHaveCount(0);
  };
  await act(app.type("Exposure", "70"));
  await act(app.type("Planes", "10"));
  await act(app.type("Channels", "3"));
  await act(app.type("Time points", "10"));
  await act(app.choose("Format", "OME-Zarr 0.4"));
  await act(app.choose("Compression", "None"));
  await act(app.type("Name", "out.zarr"));
  await act(page.getByRole("tab", { name: "Dimensions", exact: true }).click());
  await act(app.type("Chunk of z", "5"));
  await app.applied();

  const now = await runtime.getConfiguration();
  // As the core has it when the example is what was asked for.
  const target = (await runtime.setConfiguration(wanted)).configuration;
  const [mine, theirs] = [values(now), values(target)];
  for (const [path, value] of theirs) expect([path, mine.get(path)]).toEqual([path, value]);
  const differing = [...theirs].filter(([path, value]) => !path.endsWith(".name") && before.get(path) !== value);
  await act(app.button("Record").click());
  await expect(app.word).toHaveText("Recording");
  expect(actions).toBeLessThanOrEqual(differing.length + 5);
  // Not by counting what no one sets: identifiers and kinds come with what is chosen.
  expect(differing.length).toBeLessThanOrEqual(16);
  await runtime.abort();
  expect(errors).toEqual([]);
});
