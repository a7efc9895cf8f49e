// Datasets of somebody who means harm lie in the data folder: the page names them, refuses in words what it cannot take, runs
// nothing of theirs, and goes on with the next one.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

const MARKUP = '<img src="x" onerror="window.ran = true"><script>window.ran = true</script>';

const array = (more: object = {}) => ({
  zarr_format: 3,
  node_type: "array",
  shape: [2, 64, 64],
  data_type: "uint8",
  chunk_grid: { name: "regular", configuration: { chunk_shape: [1, 64, 64] } },
  chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
  fill_value: 0,
  codecs: [{ name: "bytes" }],
  ...more,
});
const grid = (...sizes: number[]) => ({ chunk_grid: { name: "regular", configuration: { chunk_shape: sizes } } });
const DEEP = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

interface Hostile {
  name: string;
  files: Record<string, string | Uint8Array>;
  /** What the page says of it on the canvas; null: it shows its picture; false: it is no dataset that could be opened. */
  says: RegExp | null | false;
}
const HOSTILE: Hostile[] = [
  {
    name: "names<img src=x onerror=ran()>.zarr",
    files: {
      "zarr.json": JSON.stringify({
        zarr_format: 3,
        node_type: "group",
        attributes: {
          ome: {
            multiscales: [
              {
                name: MARKUP,
                axes: [
                  { name: MARKUP, type: "channel" },
                  { name: "y", type: "space", unit: MARKUP },
                  { name: "x", type: "space", unit: MARKUP },
                ],
                datasets: [
                  { path: "0", coordinateTransformations: [{ type: "scale", scale: [1, 1, 1] }] },
                  { path: MARKUP },
                ],
              },
            ],
            omero: { channels: [{ label: MARKUP }, { label: MARKUP.repeat(10_000) }] },
          },
        },
      }),
      "0/zarr.json": JSON.stringify(array()),
      "0/c/0/0/0": new Uint8Array(4096).fill(99),
    },
    says: null,
  },
  {
    name: "gigantic.zarr",
    files: { "zarr.json": JSON.stringify(array({ shape: [2 ** 52, 1e9, 1e9], ...grid(1, 1, 1) })) },
    says: /gigantic\.zarr cannot be shown/,
  },
  {
    name: "deep.zarr",
    files: { "zarr.json": JSON.stringify(array({ attributes: "@" })).replace('"@"', DEEP) },
    says: false,
  },
  {
    name: "bomb.zarr",
    files: {
      "zarr.json": JSON.stringify(
        array({ codecs: [{ name: "bytes" }, { name: "gzip", configuration: { level: 9 } }] }),
      ),
      "c/0/0/0": gzipSync(Buffer.alloc(512 << 20)),
    },
    says: null,
  },
  {
    name: "petabytes.zarr",
    files: { "zarr.json": JSON.stringify(array({ shape: [2, 1e7, 1e7], ...grid(2, 1e7, 1e7) })) },
    says: /petabytes\.zarr cannot be shown\.|Its chunks take .* more than this page reads/,
  },
];

test("hostile datasets are named, refused in words, and stop nothing", async ({ bridge, runtime, openApp }) => {
  test.setTimeout(120_000);
  // Its chunks are unpacked in the page, by what its policy lets run.
  const good = { camera: "simulated: radial sin", storage: "ZarrV3Blosc1ZstdByteShuffle", points: 3 };
  await configure(runtime, { name: "good.zarr", ...good });
  await runtime.start();
  await runtime.stop();
  for (const { name, files } of HOSTILE) {
    for (const [path, content] of Object.entries(files)) {
      const file = join(bridge.dataDir, name, path);
      await mkdir(join(file, ".."), { recursive: true });
      await writeFile(file, content);
    }
  }

  const app = await openApp(bridge.url);
  const { page } = app;
  let dialogs = 0;
  page.on("dialog", (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  await app.openDataset("good.zarr");
  const rows = page.getByRole("region", { name: "Datasets", exact: true }).getByRole("button");
  const ran = () => page.evaluate(() => (window as { ran?: boolean }).ran === true);
  for (const { name, says } of HOSTILE) {
    if (says === false) {
      await expect(rows.filter({ hasText: name })).toHaveCount(0);
      continue;
    }
    await rows.filter({ hasText: name }).first().click();
    if (says) await expect(page.getByText(says).first()).toBeVisible();
    else await expect(app.word).toHaveText(name);
    // Its words are text, and nothing else; the page answers meanwhile.
    expect(await page.locator("img[src='x'], body script:not([src])").count(), name).toBe(0);
    expect(await ran(), name).toBe(false);
    // However long they are, the page keeps its form.
    const panels = page.getByRole("region", { name: "Display", exact: true });
    const isWithin = await panels.evaluateAll((all) =>
      all.every((one) => one.scrollWidth <= one.clientWidth && one.getBoundingClientRect().right <= innerWidth),
    );
    expect(isWithin, name).toBe(true);
  }
  expect(dialogs).toBe(0);

  // Whoever read all of that reads on.
  await app.openDataset("good.zarr");
  await expect.poll(async () => (await app.pixelAt(0.5, 0.5)).kind).toBe("exact");
  await expect(page.getByText(/damaged/)).toHaveCount(0);
  // Nothing of other pages comes into this one, and no style or script that is not a file of its own.
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const refused = await page.evaluate(async () => {
    const violated: string[] = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => violated.push(effectiveDirective));
    const styled = document.createElement("style");
    styled.textContent = "body { outline: 9px solid red }";
    const scripted = document.createElement("script");
    scripted.textContent = "window.ran = true";
    document.body.append(styled, scripted);
    document.body.setAttribute("style", "color: red");
    await new Promise((resolve) => setTimeout(resolve, 300));
    return violated.sort();
  });
  expect(refused).toEqual(["script-src-elem", "style-src-attr", "style-src-elem"]);
  expect(await ran()).toBe(false);
});
