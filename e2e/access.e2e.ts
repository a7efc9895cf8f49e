// Somebody is let in from another computer: by link and code, with a role, until he is sent away.
import { join } from "node:path";
import type { Browser, Page } from "playwright/test";

import { AppPage } from "./harness/app-page.ts";
import { loadAxe, violations } from "./harness/axe.ts";
import { newPage } from "./harness/browser.ts";
import { LanBridge } from "./harness/lan-bridge.ts";
import { readQr } from "./harness/read-qr.ts";
import { configure, script } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

/** Pictures of what the journey sees, where somebody asks for them. */
const pictures = process.env["ZARRCAM_PICTURES"];
const shot = async (page: Page, name: string): Promise<void> => {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
};

/** The page of another computer, at an address of the bridge's. */
async function visit(browser: Browser, url: string): Promise<AppPage> {
  const { page, errors } = await newPage(browser);
  await page.goto(url);
  return new AppPage(page, errors);
}
const button = (page: Page, name: string | RegExp) =>
  page.getByRole("button", { name, exact: typeof name === "string" });
const access = (page: Page) => page.getByRole("dialog", { name: "Access", exact: true });

/** On the camera computer a link is made; the code beside it is the same. */
async function invite(admin: AppPage, role: "Observe" | "Control" | "Administer"): Promise<string> {
  const { page } = admin;
  const dialog = access(page);
  if (!(await dialog.isVisible())) await button(page, "Access …").click();
  await dialog.getByRole("radio", { name: new RegExp(`^${role}`) }).check();
  await button(page, "Make a link").click();
  const link = await dialog.getByRole("textbox", { name: "Link by rig.local" }).first().inputValue();
  return link;
}

test("a device is let in by its link, looks on, is given more, and is sent away", async ({
  launchBrowser,
  openApp,
}) => {
  await using bridge = await LanBridge.start();
  await using runtime = await script(bridge);
  await configure(runtime, { name: "seen.zarr", pixelType: "U16", exposureMs: 20, points: 5 });
  await runtime.start();
  await runtime.stop();
  const browser = await launchBrowser({ extra: await bridge.browserArguments() });
  const admin = await openApp(bridge.url);

  // A page that nobody let in says what it is, and how one gets in.
  const tablet = await visit(browser, bridge.lanUrl);
  const { page } = tablet;
  await page.getByText("It does not know this browser").waitFor();
  await expect(page.getByText("npx zarrcam access invite")).toBeVisible();
  await shot(page, "entry-without-link");
  await loadAxe(page);
  expect(await violations(page, false)).toEqual([]);
  await page.getByRole("textbox", { name: "Link" }).fill("rig.local");
  await button(page, "Enter").click();
  await expect(page.getByRole("alert")).toContainText("This is no link of a zarrcam");

  // The code is the link.
  const link = await invite(admin, "Observe");
  expect(link).toMatch(/^https:\/\/rig\.local:\d+\/#pair=[\w-]{22,}&pin=[\w-]{43}$/);
  const dialog = access(admin.page);
  const code = dialog.getByRole("img", { name: /^QR code of the link to/ });
  await dialog.getByRole("radio", { name: /^Show the code of rig\.local/ }).check();
  expect(await readQr(code)).toBe(link);
  await expect(dialog).toContainText(/1[45]:\d\d left · lets in 1 device that may observe/);
  await shot(admin.page, "link-1280");
  await loadAxe(admin.page);
  expect(await violations(admin.page, false)).toEqual([]);

  // By the link: its secret leaves the address at once, and only a name is asked for.
  await page.goto("about:blank");
  await page.goto(link);
  await page.getByText("You were given a link").waitFor();
  expect(page.url()).toBe(`${bridge.lanUrl}/`);
  const name = page.getByRole("textbox", { name: "Name of this device" });
  await expect(name).toHaveValue("Chromium on Linux");
  await shot(page, "entry-with-link");
  await name.fill("Anna's tablet");
  await page.keyboard.press("Enter");
  await tablet.ready();
  expect(page.url()).not.toContain("pair");
  await expect(dialog.getByRole("status")).toHaveText("Anna's tablet came in.");

  // Who looks on is told so wherever something is locked, and sees all there is.
  const why = "You are here to look on: whoever gave you access can let you control, too";
  for (const locked of ["Snap", "Record", "Stop", "Trigger", "ROI", "TIFF", "Undo"]) {
    await expect(button(page, locked)).toHaveAttribute("aria-disabled", "true");
    if (locked !== "Undo") await expect(button(page, locked)).toHaveAttribute("title", why);
  }
  await expect(page.locator("#run-record")).toHaveText(why);
  await expect(tablet.field("Exposure")).not.toBeEditable();
  await expect(tablet.run).toContainText(why);
  await page.keyboard.press("Control+Enter");
  await expect(tablet.word).toHaveText("Ready");
  await shot(page, "observer-ready");
  await tablet.openDataset("seen.zarr");
  await expect(button(page, "Export …")).not.toHaveAttribute("aria-disabled", "true");
  await expect(button(page, "Copy settings to set-up")).toHaveAttribute("title", why);
  await button(page, "Back to live").click();
  await runtime.start({ record: false });
  await expect(tablet.word).toHaveText("Live, not saved");
  await expect.poll(() => tablet.pictureSum()).not.toBeNull();
  await shot(page, "observer-live");
  await button(page, "Access …").click();
  await expect(access(page)).toContainText(/This browser is Anna's tablet, and may observe/);
  await expect(access(page)).toContainText("Only an administrator decides who may come here");
  await expect(button(page, "Make a link")).toHaveCount(0);
  await page.keyboard.press("Escape");

  // A link is good once.
  const second = await visit(browser, link);
  await button(second.page, "Enter").click();
  await expect(second.page.getByRole("alert")).toContainText("It was used already");
  await expect(second.page.getByRole("textbox", { name: "Link" })).toBeFocused();
  await shot(second.page, "entry-used");
  await second.page.context().close();

  // Another name, another role: at once, and without a reload.
  const row = dialog.getByRole("row", { name: /Anna's tablet|Bench/ });
  await expect(row).toContainText("connected now");
  await row.getByRole("button", { name: /^Rename/ }).press("Enter");
  await admin.page.keyboard.press("Control+a");
  await admin.page.keyboard.type("Bench");
  await admin.page.keyboard.press("Enter");
  await expect(row.getByRole("rowheader")).toContainText("Bench");
  await expect(row.getByRole("button", { name: /^Rename/ })).toBeFocused();
  await shot(admin.page, "devices-1280");
  await row.getByRole("combobox", { name: "What Bench may do" }).selectOption("Control");
  // The script on the camera computer has control still; whoever may control may stop it all the same.
  await expect(button(page, "Record")).toHaveAttribute("title", /^Camera computer has control/);
  await button(page, "Stop").click();
  await expect(tablet.word).toHaveText("Ready");
  await runtime.bridge.call("control.release", {});
  await expect(button(page, "Live")).not.toHaveAttribute("aria-disabled", "true");
  await button(page, "Live").click();
  await expect(tablet.word).toHaveText("Live, not saved");

  // Sent away: the page says so, and nothing on it looks live; the run goes on.
  await row.getByRole("button", { name: /^Send away/ }).click();
  const question = admin.page.getByRole("alertdialog", { name: "Send Bench away?" });
  await expect(question.getByRole("button", { name: "Keep", exact: true })).toBeFocused();
  await question.getByRole("button", { name: "Send away", exact: true }).click();
  await expect(tablet.banner).toContainText("Not let in");
  await expect(tablet.word).toHaveText("Not connected");
  await expect(tablet.banner).toContainText("NOT CONNECTED");
  await expect(tablet.banner).not.toContainText("LIVE");
  await expect(tablet.run).toContainText("This browser is not let in any more");
  await expect(button(page, "Record")).toHaveAttribute("title", /“Access …”, above, has the way back/);
  expect((await runtime.getStats()).state).toBe("Previewing");
  await expect(dialog).toContainText("None yet");
  await shot(page, "sent-away");
  await button(page, "Access …").click();
  await shot(page, "sent-away-dialog");
  await loadAxe(page);
  expect(await violations(page, false)).toEqual([]);

  // The way back is another link, pasted here.
  const again = await invite(admin, "Control");
  await access(page).getByRole("textbox", { name: "Link" }).fill(again);
  await page.keyboard.press("Enter");
  await tablet.ready();
  // A reload needs none.
  await page.reload();
  await tablet.ready();
  expect(tablet.errors.filter((text) => !/401|403|WebSocket/.test(text))).toEqual([]);
  expect(admin.errors).toEqual([]);
});

test("by keyboard alone; in the light theme; at the size of a desk", async ({ openApp }) => {
  await using bridge = await LanBridge.start();
  const admin = await openApp(bridge.url, { width: 1920, height: 1080 });
  const { page } = admin;
  await button(page, /^Light/).click();
  await admin.tabTo("button", "Access …");
  await page.keyboard.press("Enter");
  const dialog = access(page);
  await admin.tabTo("button", "Make a link");
  await shot(page, "access-1920-light");
  await loadAxe(page);
  expect(await violations(page, false)).toEqual([]);
  await page.keyboard.press("Enter");
  // The focus goes where the work goes on.
  await expect(dialog.getByRole("button", { name: /^Copy/ }).first()).toBeFocused();
  await shot(page, "link-1920-light");
  expect(await violations(page, true)).toEqual([]);
  await admin.tabTo("button", "Withdraw the link");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("status")).toHaveText("The link was withdrawn: it lets nobody in any more.");
  await expect(button(page, "Make a link")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(button(page, "Access …")).toBeFocused();
});

test("a bridge for this computer alone makes no links, and says how it is started for others", async ({
  bridge,
  openApp,
}) => {
  const { page } = await openApp(bridge.url);
  await button(page, "Access …").click();
  await expect(access(page)).toContainText("You are at the camera computer");
  await expect(access(page)).toContainText("npm start -- --lan");
  await expect(button(page, "Make a link")).toHaveCount(0);
  await shot(page, "alone");
  await loadAxe(page);
  expect(await violations(page, false)).toEqual([]);
});
