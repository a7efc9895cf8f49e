// The static site: a folder that any file server gives, without a bridge.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { EXAMPLES } from "@zarrcam/protocol";
import type { Page } from "playwright/test";

import { hasCore, hasZstd } from "../web/src/recorder/core.fixture.ts";
import { loadAxe, violations } from "./harness/axe.ts";
import { AppPage } from "./harness/app-page.ts";
import { Bridge } from "./harness/bridge.ts";
import { SITE_HOST } from "./harness/browser.ts";
import { PlainServer } from "./harness/plain-server.ts";
import { configure, script } from "./harness/setup.ts";
import { expect, test as base } from "./harness/test.ts";

const SITE = fileURLToPath(new URL("../web/site", import.meta.url));

const test = base.extend<{ site: PlainServer }>({
  site: async ({}, use) => {
    await using server = await PlainServer.start(SITE, "/a/b/");
    await use(server);
  },
});

test.skip(!hasCore, "nothing compiles for the browser here, so there is no site");

/** The page of the site, with every address that it, or a worker of it, has asked for. */
async function openSite(
  open: (url: string) => Promise<{ page: Page; errors: string[] }>,
  url: string,
): Promise<{ page: Page; errors: string[]; asked: string[] }> {
  const asked: string[] = [];
  const made = await open("about:blank");
  made.page.context().on("request", (request) => asked.push(request.url()));
  await made.page.goto(url);
  await expect(made.page.getByRole("heading", { name: "zarrcam" })).toBeVisible();
  return { ...made, asked };
}

/** The service worker keeps the page, and serves it from now on. */
async function kept(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Camera computer …" }).click();
  await expect(page.getByText("It is kept in this browser, and opens without a network.")).toBeVisible({
    timeout: 30_000,
  });
  await page.getByRole("button", { name: "Close" }).click();
}

const isIsolated = (page: Page) => page.evaluate(() => crossOriginIsolated);

test("the site loads from a folder of a plain file server, and again without it", async ({ openPage, site }) => {
  const { page, errors, asked } = await openSite(openPage, site.url);
  // A file server sends no header of its own; the page that it gives works all the same.
  expect(await isIsolated(page)).toBe(false);
  await kept(page);
  expect(site.log.filter((line) => !line.startsWith("GET 200"))).toEqual([]);

  await page.reload();
  await expect(page.getByRole("heading", { name: "zarrcam" })).toBeVisible();
  expect(await isIsolated(page)).toBe(true);

  await site.stop();
  await page.context().setOffline(true);
  await page.reload();
  await expect(page.getByRole("heading", { name: "zarrcam" })).toBeVisible();
  // With what it loads only when it needs it.
  const core = await page.evaluate(async () => {
    const names = await caches.keys();
    const kept = await (await caches.open(names[0] ?? "")).keys();
    return kept.find(({ url }) => url.endsWith(".wasm"))?.url ?? "";
  });
  expect(await page.evaluate(async (url) => (await fetch(url)).ok, core)).toBe(true);

  expect(errors).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(site.url) && !/^(blob|data|about):/.test(url))).toEqual([]);
});

test("without bridge and network: set up, look, record, view, export, and all of it after a reload", async ({
  openPage,
  site,
}) => {
  const { page, errors } = await openSite(openPage, site.url);
  await kept(page);
  await site.stop();
  await page.context().setOffline(true);
  await page.reload();
  const app = new AppPage(page, errors);
  await app.applied();

  // The page's own core judges what is typed.
  await app.type("Exposure", "2000");
  await page.getByText("1 problem", { exact: true }).waitFor();
  await app.type("Exposure", "20");
  await app.type("Width", "320");
  await app.type("Height", "240");
  await app.type("Time points", "20");
  await app.applied();
  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  await app.button("Stop").click();
  await app.button("Record").click();
  expect(await app.summary()).toMatch(/Saved 20, lost 0/);

  await app.openDataset("acquisition_001.zarr");
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  // Without a dialog, as in a browser that has none.
  await page.evaluate(() => void Reflect.deleteProperty(globalThis, "showSaveFilePicker"));
  const downloading = page.waitForEvent("download");
  // The dataset's own; the result of the run has one, too.
  await page.getByTitle("All of it as one file on this computer").click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^acquisition_001\.(ozx|zarr\.zip)$/);
  expect((await stat(await download.path())).size).toBeGreaterThan(20_000);

  await page.reload();
  await app.applied();
  await app.openDataset("acquisition_001.zarr");
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  expect(errors).toEqual([]);
});

/** By path: the SHA-256 of each file of a zip archive, as JSON. */
const HASH_ARCHIVE = `
import hashlib, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    files = [name for name in archive.namelist() if not name.endswith("/")]
    print(json.dumps({name: hashlib.sha256(archive.read(name)).hexdigest() for name in files}))
`;

/** What says nothing of clocks or of the run's id. */
function timeless(files: Record<string, string>): Record<string, string> {
  const kept = ([path]: [string, string]) => !path.includes(".zarrcam/") || path.endsWith("/end.json");
  return Object.fromEntries(Object.entries(files).filter(kept));
}

function hashesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  const hash = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), hash(path)]));
}

test("the tutorial recorded without a bridge and exported is the native writer's store: raw, lz4, zstd; V2, V3 with shards and zoom levels @alone", async ({
  openPage,
  site,
}) => {
  test.skip(process.env["ZARRCAM_RECORD_S"] === undefined, "`npm run soak -- recording` does it");
  test.setTimeout(900_000);
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  const { page, errors } = await openSite(openPage, site.url);
  const app = new AppPage(page, errors);
  for (const device of ["Zarr", "ZarrV3"])
    for (const codec of ["none", "blosc-lz4", "zstd"] as const) {
      if (codec === "zstd" && !hasZstd) continue;
      const document = structuredClone(EXAMPLES.find(({ id }) => id === "chunked")?.configuration);
      const stream = document?.video[0];
      if (!document || !stream) throw new Error("There is no tutorial.");
      const name = `${device}-${codec}.zarr`.toLowerCase();
      const { settings } = stream.storage;
      stream.storage.identifier = await runtime.select("Storage", device);
      settings.uri = name;
      settings.compression = {
        ...{ codec, level: codec === "none" ? 0 : 1, shuffle: codec === "blosc-lz4" ? "byte" : "none" },
      };
      for (const dimension of settings.acquisition_dimensions)
        dimension.shard_size_chunks = device === "Zarr" ? 0 : Math.max(1, dimension.shard_size_chunks);
      if (device === "ZarrV3") settings.multiscale = { method: "mean", max_levels: 3 };
      // As fast as frames are taken: none is lost.
      stream.camera.settings.exposure_time_us = 0;
      await runtime.setConfiguration(document);
      await runtime.start();
      await runtime.stop();

      await page.evaluate(
        (document) => localStorage.setItem("zarrcam.browser-configuration", JSON.stringify(document)),
        document,
      );
      await page.reload();
      await app.applied();
      await expect(app.field("Name")).toHaveValue(name);
      await app.button("Record").click();
      expect(await app.summary(120_000)).toMatch(/Saved 300, lost 0/);
      await app.openDataset(name);
      await page.evaluate(() => void Reflect.deleteProperty(globalThis, "showSaveFilePicker"));
      const downloading = page.waitForEvent("download");
      await page.getByTitle("All of it as one file on this computer").click();
      const archive = await (await downloading).path();
      const ours = JSON.parse(execFileSync("python3", ["-c", HASH_ARCHIVE, archive], { encoding: "utf8" })) as Record<
        string,
        string
      >;
      expect([name, timeless(ours)]).toEqual([name, timeless(hashesOf(join(bridge.dataDir, name)))]);
    }
  expect(errors).toEqual([]);
});

test("a webcam is seen live and recorded on the site", async ({ openPage, site }) => {
  const { page, errors } = await openSite((url) => openPage(url, { webcam: "allowed" }), site.url);
  const app = new AppPage(page, errors);
  await app.applied();
  await app.choose("Camera", "webcam gray: fake_device_0");
  // It has no exposure of its own; its user is told, and agrees.
  await app.button("Use 0 µs").click();
  await app.type("Width", "640");
  await app.type("Height", "480");
  await app.type("Time points", "20");
  await app.applied();
  await expect(page.getByText("A webcam gives processed 8-bit video")).toBeVisible();
  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  const first = await expect
    .poll(() => app.pictureSum())
    .not.toBeNull()
    .then(() => app.pictureSum());
  await expect.poll(() => app.pictureSum()).not.toBe(first);
  await app.button("Record").click();
  const [, saved, lost] = /Saved (\d+), lost (\d+)/.exec(await app.summary()) ?? [];
  expect(Number(saved) + Number(lost)).toBe(20);
  expect(Number(saved)).toBeGreaterThan(0);
  await app.openDataset("acquisition_001.zarr");
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  expect(errors).toEqual([]);
});

/** The site as the next version of it would be: every file of it in place. */
async function publish(folder: string, version: string): Promise<void> {
  const page = join(folder, "index.html");
  const worker = join(folder, "site-worker.js");
  const hashed = async () =>
    createHash("sha256")
      .update(await readFile(page))
      .digest("base64");
  const before = await hashed();
  await writeFile(page, (await readFile(page, "utf8")).replace("<body>", `<body data-version="${version}">`));
  await writeFile(worker, (await readFile(worker, "utf8")).replace(before, await hashed()));
}

test("a new version is offered, waits for other pages and for a recording, and is loaded when the user says so", async ({
  openPage,
}) => {
  const folder = await mkdtemp(join(tmpdir(), "zarrcam-site-"));
  await cp(SITE, folder, { recursive: true });
  await using server = await PlainServer.start(folder, "/");
  const { page, errors } = await openSite(openPage, server.url);
  await kept(page);
  const other = await page.context().newPage();
  await other.goto(server.url);

  await publish(folder, "newer");
  await page.reload();
  await page.getByRole("button", { name: "New version …" }).click();
  const load = page.getByRole("button", { name: "Load it" });
  await load.click();
  await expect(page.getByText("Another page of this site runs on the old version: close it first.")).toBeVisible();
  await other.close();
  await page.evaluate(() => {
    const written = new Promise<void>((resolve) => Object.assign(window, { ended: resolve }));
    void navigator.locks.request("zarrcam /run.zarr", () => written);
  });
  await load.click();
  await expect(page.getByText("loaded anew when the recording has ended")).toBeVisible();
  await page.evaluate(() => (window as unknown as { ended: () => void }).ended());
  await expect(page.locator("body[data-version]")).toHaveCount(0);
  await load.click();
  await expect(page.locator("body")).toHaveAttribute("data-version", "newer");
  await expect(page.getByRole("button", { name: "New version …" })).toHaveCount(0);

  // One that is half there is not taken.
  await writeFile(join(folder, "index.html"), "<title>half</title>");
  await writeFile(
    join(folder, "site-worker.js"),
    `${await readFile(join(folder, "site-worker.js"), "utf8")}\n// newer`,
  );
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update().catch(() => undefined));
  await page.reload();
  await expect(page.locator("body")).toHaveAttribute("data-version", "newer");
  expect(errors).toEqual([]);
  await rm(folder, { recursive: true });
});

/** Connects the site to a camera computer, as its user does. */
async function connect(page: Page, address: string): Promise<void> {
  await page.getByRole("banner").locator(".connection").click();
  await page.getByRole("textbox", { name: "Address" }).fill(address);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
}
const said = (page: Page) => page.locator("dialog [role=status]").first();

test("the site uses the cameras and datasets of a camera computer that lets it in", async ({ openPage, site }) => {
  await using closed = await Bridge.start();
  await using bridge = await Bridge.start({ controlledBy: [new URL(site.url).origin] });
  await using runtime = await script(bridge);
  await configure(runtime, { name: "site.zarr", camera: "simulated: radial sin", pixelType: "U16", points: 10 });
  const { page, errors } = await openSite(openPage, site.url);
  await kept(page);
  await page.reload();
  expect(await isIsolated(page)).toBe(true);

  // One that does not: with the very words that would.
  await connect(page, closed.url);
  await expect(said(page)).toContainText(`npm start -- --allow-control ${new URL(site.url).origin}`);
  await loadAxe(page);
  expect(await violations(page, false)).toEqual([]);
  // The browser logs what it does not let the page read.
  const atFirst = errors.length;

  await page.getByRole("textbox", { name: "Address" }).fill(bridge.url);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const app = await new AppPage(page, errors).ready();
  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  await app.button("Stop").click();
  await app.button("Record").click();
  await app.summary();
  await app.openDataset("site.zarr");
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  const frames = new URL("/streams/0/frames?run=next", bridge.url).href;
  expect(await page.evaluate(async (url) => (await fetch(url, { method: "HEAD" })).status, frames)).toBe(200);
  // It is kept for the next time, until its user wants none.
  await page.reload();
  await app.ready();
  await app.button("Connected").click();
  await app.button("Use this browser alone").click();
  await expect(page.getByRole("button", { name: "Camera computer …" })).toBeVisible();
  expect(errors.slice(atFirst)).toEqual([]);
});

test("a site from the internet reaches this computer when the browser's user allows it, and says how where not", async ({
  openPage,
  site,
}) => {
  const origin = `http://${SITE_HOST}:${site.port}`;
  await using bridge = await Bridge.start({ controlledBy: [origin] });
  const open = (url: string) => openPage(url, { sitePort: site.port });
  const { page, errors } = await openSite(open, site.url.replace("127.0.0.1", SITE_HOST));
  const permission = await networkPermission(page, origin);

  await permission("denied");
  await connect(page, bridge.url);
  await expect(said(page)).toContainText("This browser does not let this site reach");
  await expect(page.getByRole("link", { name: "Open the camera computer's own page" })).toHaveAttribute(
    "href",
    bridge.url,
  );
  // A browser without a window asks nobody.
  await permission("prompt");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(said(page)).toContainText("the question was closed");

  await permission("granted");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const app = await new AppPage(page, errors).ready();
  await app.button("Live").click();
  // The view worker's own connection got through, too.
  await expect.poll(() => app.pictureSum()).not.toBeNull();

  // From its cache the page is of the internet as before; and by itself it raises no question.
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await permission("prompt");
  await page.reload();
  await page.getByRole("button", { name: "Not let through" }).click();
  await expect(said(page)).toContainText("press Connect, then Allow");
  await permission("granted");
  await app.ready();
});

/** What the user says to the browser's question whether the site may reach this computer. */
async function networkPermission(page: Page, origin: string) {
  const own = await page.context().newCDPSession(page);
  const { targetInfo } = await own.send("Target.getTargetInfo");
  const browser = await page.context().browser()?.newBrowserCDPSession();
  return async (setting: "granted" | "denied" | "prompt") => {
    for (const name of ["loopback-network", "local-network-access"])
      await browser
        ?.send("Browser.setPermission", {
          origin,
          permission: { name },
          setting,
          browserContextId: targetInfo.browserContextId ?? "",
        })
        .catch(() => undefined);
  };
}
