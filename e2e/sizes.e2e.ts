// Sizes that nobody measured stay so, and the time step is the interval: on the page and in the store alike.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Bridge } from "./harness/bridge.ts";
import { expect, test } from "./harness/test.ts";

interface Multiscale {
  axes: { name: string; unit?: string }[];
  datasets: { coordinateTransformations: { scale: number[] }[] }[];
}

async function multiscale(bridge: Bridge, name: string): Promise<Multiscale> {
  const text = await readFile(join(bridge.dataDir, name, "zarr.json"), "utf8");
  const document = JSON.parse(text) as { attributes: { ome: { multiscales: Multiscale[] } } };
  const [first] = document.attributes.ome.multiscales;
  if (!first) throw new Error("no multiscale");
  return first;
}

test("not calibrated: px everywhere, no unit in the store, and a remark beside Record; the interval is the step of t", async ({
  bridge,
  openApp,
}) => {
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await expect(app.run).toContainText("Not calibrated: lengths are in px");

  await app.type("Time points", "3");
  await app.type("Interval", "0.5");
  await app.type("Name", "px.zarr");
  await app.applied();
  await page.getByRole("tab", { name: "Dimensions", exact: true }).click();
  const step = app.field("Spacing of t");
  await expect(step).toHaveValue("0.5");
  // The same value by its other field.
  await step.fill("0.25");
  await step.press("Enter");
  await expect(app.field("Interval")).toHaveValue("0.25");
  await app.applied();
  await page.getByRole("tab", { name: "Dimensions", exact: true }).click();

  await app.button("Record").click();
  await app.summary();
  const { axes, datasets } = await multiscale(bridge, "px.zarr");
  expect(axes.map(({ name, unit }) => [name, unit])).toEqual([
    ["t", "second"],
    ["y", undefined],
    ["x", undefined],
  ]);
  expect(datasets[0]?.coordinateTransformations[0]?.scale).toEqual([0.25, 1, 1]);
  await app.openDataset("px.zarr");
  await expect(page.getByTestId("scale-bar").first()).toHaveText(/px/);
  expect(errors).toEqual([]);
});
