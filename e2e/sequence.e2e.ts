// What every microscopist does first: three named channels, a z range, an interval. Nothing is to be searched for.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { loadAxe, violations } from "./harness/axe.ts";
import { expect, test } from "./harness/test.ts";

interface Ome {
  multiscales: {
    axes: { name: string; unit?: string }[];
    datasets: { coordinateTransformations: { scale: number[] }[] }[];
  }[];
  omero: { channels: { label: string; color: string }[] };
}

test("three named channels, z 6 µm by 0.3 µm, every 2 s: at most 20 actions, all in sight at 1440x900", async ({
  bridge,
  openApp,
}) => {
  const app = await openApp(bridge.url, { width: 1440, height: 900 });
  const { page, errors } = app;
  let actions = 0;
  const type = async (name: string, text: string) => {
    const [field, panel] = [await app.field(name).boundingBox(), await page.locator(".sections").boundingBox()];
    if (!field || !panel) throw new Error(`${name} is not on the page`);
    expect([name, field.y >= panel.y && field.y + field.height <= panel.y + panel.height]).toEqual([name, true]);
    await app.type(name, text);
    actions += 1;
  };
  await type("Exposure", "1");
  await type("Pixel size", "0.108");
  await type("Channels", "3");
  await type("Channel 1, name", "DAPI");
  await type("Channel 2, name", "GFP");
  await type("Channel 3, name", "mCherry");
  await type("Z range", "6");
  await type("Z step", "0.3");
  await expect(app.field("Planes")).toHaveValue("21");
  await type("Time points", "2");
  await type("Interval", "2 s");
  await expect(app.run).toContainText("126 frames");
  await app.applied();
  await expect(page.getByLabel("Colour of DAPI")).toHaveValue("#0000ff");
  await loadAxe(page);
  expect(await violations(page, false)).toEqual([]);

  await app.button("Record").click();
  actions += 1;
  expect(actions).toBeLessThanOrEqual(20);
  const summary = await app.summary(60_000);
  const name = /: (\S+\.zarr)/.exec(summary)?.[1] ?? "";
  const document = JSON.parse(await readFile(join(bridge.dataDir, name, "zarr.json"), "utf8")) as {
    attributes: { ome: Ome };
  };
  const { multiscales, omero } = document.attributes.ome;
  expect(multiscales[0]?.axes.map(({ name, unit }) => `${name} ${unit ?? ""}`)).toEqual([
    "t second",
    "c ",
    "z micrometer",
    "y micrometer",
    "x micrometer",
  ]);
  expect(multiscales[0]?.datasets[0]?.coordinateTransformations[0]?.scale).toEqual([2, 1, 0.3, 0.108, 0.108]);
  expect(omero.channels.map(({ label, color }) => `${label} ${color}`)).toEqual([
    "DAPI 0000FF",
    "GFP 00FF00",
    "mCherry FF0000",
  ]);

  // Other counts take the names along, and nothing stands in the way of Record.
  await app.type("Channels", "1");
  await expect(app.field("Channel 1, name")).toHaveValue("DAPI");
  await app.type("Channels", "2");
  await app.choose("Order", "channels per plane (t, z, c)");
  await page.getByText("Ready to record").waitFor();
  await app.applied();
  expect(errors).toEqual([]);
});
