// Pictures of the page in the four states of its canvas, at both sizes and in both themes:
//   npm start, once, builds the page; then: node --import tsx e2e/pictures.ts FOLDER [DATA_FOLDER]
// docs/page.png is `recording-1280-dark.png` of these.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { AppPage } from "./harness/app-page.ts";

const [folder, dataDir] = process.argv.slice(2);
if (folder === undefined) throw new Error("Give the folder that the pictures go to");
await mkdir(folder, { recursive: true });

await using bridge = await Bridge.start(dataDir === undefined ? {} : { dataDir });
const browser = await launch({ webgpu: true });

for (const { width, height } of [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
]) {
  for (const colorScheme of ["dark", "light"] as const) {
    const shot = (state: string) => page.screenshot({ path: join(folder, `${state}-${width}-${colorScheme}.png`) });
    const { page } = await open(browser, `${bridge.url}/#renderer=webgpu`, { width, height });
    const app = await new AppPage(page).ready();
    if (colorScheme === "light") await page.getByRole("button", { name: /^Light/ }).click();
    await app.leftTab("Set-up");
    await app.example("Chunked tutorial");
    await app.applied();
    await shot("ready");
    if (width === 1920) {
      await page.getByRole("tab", { name: /^Dimensions/ }).click();
      await page.waitForTimeout(500);
      await shot("ready-layout");
      await page.getByRole("tab", { name: /^Dimensions/ }).click();
    }
    await app.button("Live").click();
    await page.waitForTimeout(2500);
    await shot("live");
    await app.button("Stop").click();
    await page.getByTestId("canvas-word").first().getByText("Ready").waitFor();
    await app.button("Record").click();
    await app.button("1:1").click();
    for (let times = 0; times < 4; times++) await app.button("Zoom in").click();
    while (((await app.progress().catch(() => null)) ?? 0) < 90) await page.waitForTimeout(50);
    await shot("recording");
    await app.button("Fit").click();
    await app.slider("Time").press("Home");
    await page.waitForTimeout(800);
    await shot("recording-scrubbed");
    const name = /Saved [\d,]+, lost [\d,]+: ([^,]+),/.exec(await app.summary(60_000))?.[1] ?? "";
    await shot("saved");
    await app.openDataset(name);
    await page.waitForTimeout(800);
    await shot("dataset");
    await page.context().close();
  }
}
await browser.close();
