import type { Locator, Page } from "playwright/test";

import { Bridge } from "./harness/bridge.ts";
import { newPage } from "./harness/browser.ts";
import { AppPage } from "./harness/app-page.ts";
import { expect, test as journey } from "./harness/test.ts";

interface Wrong {
  field: string;
  typed: string;
  /** What the message beside the field says. */
  says: RegExp;
  /** The button that takes the one right value, and what the field shows then. */
  fix?: [button: string, shown: string];
}

/** Typed into the chunked tutorial's settings, each on its own. */
const wrongInputs: readonly Wrong[] = [
  { field: "Exposure", typed: "2000", says: /0 µs to 1,000 ms/, fix: ["Use 1,000 ms", "1000"] },
  { field: "Exposure", typed: "abc", says: /“abc” is not a number: type a number in ms/ },
  { field: "Exposure", typed: "-5", says: /too small: type a number in ms/ },
  { field: "Exposure", typed: "10 km", says: /“km” does not fit here.*ms \(or us, s\)/ },
  {
    field: "Frame rate",
    typed: "1000",
    says: /leaves no time for an exposure of 70 ms/,
    fix: ["Use 70 ms", "14.2857142857"],
  },
  { field: "Frame rate", typed: "fast", says: /“fast” is not a number.*fps/ },
  { field: "Width", typed: "100000", says: /1 to 8,192 px/, fix: ["Use 8,192 px", "8192"] },
  { field: "Width", typed: "0", says: /1 to 8,192 px/, fix: ["Use 1 px", "1"] },
  { field: "Width", typed: "12.5", says: /not a whole number: type a whole number of px/ },
  { field: "Height", typed: "99999", says: /1 to 8,192 px/, fix: ["Use 8,192 px", "8192"] },
  { field: "From the left", typed: "9000", says: /0 to 6,272 px/, fix: ["Use 6,272 px", "6272"] },
  { field: "From the top", typed: "-1", says: /too small: type a whole number of px/ },
  { field: "Planes", typed: "-3", says: /too small: type a whole number/ },
  { field: "Planes", typed: "2.5", says: /not a whole number/ },
  { field: "Channels", typed: "none", says: /“none” is not a number/ },
  { field: "Channels", typed: "0", says: /Channels must be 1 or more/ },
  { field: "Time points", typed: "0", says: /0 frames: nothing will be recorded/ },
  { field: "Interval", typed: "-1", says: /too small: type a number in s/ },
  { field: "Interval", typed: "1 px", says: /“px” does not fit here.*s \(or ms, min\)/ },
  {
    field: "Name",
    typed: "",
    says: /Give a name to save to/,
    fix: ["Use acquisition_001.zarr", "acquisition_001.zarr"],
  },
  { field: "Name", typed: "../evil.zarr", says: /leads out of the data folder; give a name inside it/ },
  { field: "Name", typed: "/etc/evil.zarr", says: /outside the data folder/ },
  { field: "Name", typed: "a:b.zarr", says: /':' cannot be part of a name/, fix: ["Use a_b.zarr", "a_b.zarr"] },
  { field: "Name", typed: "CON.zarr", says: /Windows keeps it for a device/, fix: ["Use CON_.zarr", "CON_.zarr"] },
  { field: "Name", typed: "s3://bucket/a.zarr", says: /s3:\/\/ is not supported yet: give the name/ },
  {
    field: "Name",
    typed: "a.tif",
    says: /ends in \.tif, but the format is OME-Zarr/,
    fix: ["Use a.zarr", "a.zarr"],
  },
  { field: "More metadata (JSON)", typed: "{objective: 40}", says: /not valid JSON \(line 1, column 2\)/ },
  { field: "More metadata (JSON)", typed: "[1, 2]", says: /must be a JSON object, such as/ },
  { field: "Average", typed: "1000000", says: /At most 65,536 frames can be averaged/, fix: ["Use 65,536", "65536"] },
  { field: "Pixel size", typed: "-2", says: /too small: type a number above 0 in µm/ },
  { field: "Pixel size, y", typed: "0", says: /too small: type a number above 0/, fix: ["Keep not calibrated", ""] },
  { field: "Write delay", typed: "100000", says: /0 to 60,000 ms/, fix: ["Use 60,000 ms", "60000"] },
  { field: "First frame id", typed: "1.5", says: /not a whole number/ },
  { field: "Chunk of x", typed: "0", says: /A chunk must be 1 or more/, fix: ["Use 1,920", "1920"] },
  { field: "Chunk of t", typed: "-1", says: /too small: type a whole number/ },
  { field: "Name of z", typed: "", says: /Every dimension needs a name/, fix: ["Use z", "z"] },
  { field: "Size of z", typed: "0", says: /Planes must be 1 or more/, fix: ["Use 1", "1"] },
  { field: "Spacing of z", typed: "0", says: /too small: type a number above 0/ },
  { field: "Spacing of z", typed: "-1", says: /too small: type a number/ },
  { field: "Stored as", typed: "t c x y z", says: /ends with y, x/, fix: ["Use t, c, z, y, x", "t c z y x"] },
  {
    field: "Stored as",
    typed: "t z q y x",
    says: /names each dimension once/,
    fix: ["Use the order of acquisition", "t c z y x"],
  },
  { field: "Channel names", typed: "DAPI, GFP", says: /3 channels, but 2 names/ },
];

/** The page with the tutorial's settings, and all fields in sight; one for all tests, since each leaves it as it was. */
const test = journey.extend<object, { tutorial: AppPage }>({
  tutorial: [
    async ({ browser }, use) => {
      await using bridge = await Bridge.start();
      const { page, errors } = await newPage(browser);
      await page.goto(bridge.url);
      const app = await new AppPage(page, errors).ready();
      await page.getByText("Advanced: triggers, averaging, timing").click();
      await page.getByRole("tab", { name: "Dimensions", exact: true }).click();
      await use(app);
      await page.context().close();
    },
    { scope: "worker" },
  ],
});

// One after the other in one worker, so that there is one page.
test.describe.configure({ mode: "default" });
test.beforeEach(async ({ tutorial }) => {
  await tutorial.example("Chunked tutorial");
  await expect(tutorial.field("Exposure")).toHaveValue("70");
  await tutorial.applied();
});

test.describe("each wrong input gets a message beside its field, with the way out", () => {
  for (const { field, typed, says, fix } of wrongInputs)
    test(`${field}: ${typed === "" ? "nothing" : typed}`, async ({ tutorial }) => {
      const { page } = tutorial;
      // A row's fields are named by its dimension, and one of them is its name: from here on by the field itself.
      const input = await still(page, tutorial.field(field));
      await input.fill(typed);
      await input.press("Tab");
      await expect.poll(() => beside(page, input)).toMatch(says);
      await expect(page.getByRole("button", { name: /^\d+ (problem|warning)s?$/ })).toHaveCount(1);

      if (fix) {
        const [button, shown] = fix;
        const id = await input.getAttribute("aria-describedby");
        await page
          .locator(`[id="${id ?? ""}"]`)
          .getByRole("button", { name: button, exact: true })
          .click();
        await expect(input).toHaveValue(shown);
      } else {
        await input.fill(field.startsWith("Channel names") ? "DAPI, GFP, RFP" : right(field));
        await input.press("Tab");
      }
      await expect.poll(() => beside(page, input)).not.toMatch(says);
      await tutorial.applied();
    });
});

test("Record does not start, says why and leads to the field", async ({ tutorial }) => {
  await tutorial.type("Exposure", "2000");
  await tutorial.page.getByText("1 problem", { exact: true }).waitFor();
  await tutorial.leftTab("Datasets");
  // Refused, and still a button: Playwright would wait until it is enabled.
  await tutorial.button("Record").click({ force: true });
  await expect(tutorial.field("Exposure")).toBeFocused();
  await expect(tutorial.run).toContainText("Exposure must be 0 µs to 1,000 ms, and is 2,000 ms.");
  await expect(tutorial.word).not.toHaveText("Recording");
});

async function still(page: Page, field: Locator): Promise<Locator> {
  const id = await field.getAttribute("id");
  return page.locator(`[id="${id ?? ""}"]`);
}

async function beside(page: Page, input: Locator): Promise<string> {
  const id = await input.getAttribute("aria-describedby");
  if (id === null) return "";
  return (await page.locator(`[id="${id}"]`).allTextContents()).join(" ").replace(/\s+/g, " ");
}

/** Something that every field of this name takes. */
function right(field: string): string {
  if (field === "Name") return "right.zarr";
  if (field === "More metadata (JSON)") return '{"objective": 40}';
  if (field === "Frame rate") return "10";
  if (field === "From the left" || field === "From the top") return "16";
  return "20";
}
