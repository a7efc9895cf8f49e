// Which page may reach a rig in the network: the rows of docs/network.md that one computer alone cannot play. Two hosts in namespaces.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Page } from "playwright/test";

import { hasCore } from "../web/src/recorder/core.fixture.ts";
import { answerForNetwork, newPage } from "./harness/browser.ts";
import { expect, test } from "./harness/test.ts";
import { TwoHosts, noTwoHosts } from "./harness/two-hosts.ts";

const cli = fileURLToPath(new URL("../bridge/cli/bin/zarrcam.js", import.meta.url));
const SITE = fileURLToPath(new URL("../web/site", import.meta.url));
/** Of the internet, to a browser: it is in a namespace, and nowhere else. */
const PUBLIC_ADDRESS = "1.2.3.4";
const reason = noTwoHosts() ?? (hasCore ? null : "nothing compiles for the browser here, so there is no site");

/** A file server that speaks https. */
const SERVER = `
const [address, certificate, key, folder] = process.argv.slice(1);
Promise.all([import("node:https"), import("node:fs"), import("node:path")]).then(([{ createServer }, { readFile, readFileSync }, { extname, join }]) => {
  const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
  createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, ({ url }, answer) => {
    const path = join(folder, new URL(url, "https://x").pathname);
    readFile(path, (error, bytes) => answer.writeHead(error ? 404 : 200, { "Content-Type": types[extname(path)] ?? "application/octet-stream" }).end(bytes));
  }).listen(443, address, () => console.log("listens"));
});`;

test("a public page, a page of another rig and one of plain http reach a rig as the table says", async () => {
  test.skip(reason !== null, reason ?? "");
  test.setTimeout(120_000);
  await using hosts = await TwoHosts.make();
  const rig = `https://${hosts.camera}:8421`;
  const [site, other, plain] = [
    "https://site.example",
    `https://${hosts.desk}:8500`,
    `http://${hosts.desk}:8600`,
  ] as const;
  await hosts.serve("--rig-name", "Light sheet", "--allow-control", site, "--allow-control", plain);
  const places = (name: string) => ["--data", join(hosts.folder, name), "--state", join(hosts.folder, `${name}-state`)];
  const serve = [process.execPath, cli, "serve", "--lan", "--interface", "lab0", "--no-announce"];
  await hosts.start("desk", [...serve, "--port", "8500", ...places("other")], /trust\n/);
  await hosts.start("desk", [...serve, "--port", "8600", "--insecure", ...places("plain")], /is ready/);
  const authority = await hosts.publicAuthority();
  const { certificate, key } = await hosts.forge(authority, "site.example");
  hosts.addAddress(PUBLIC_ADDRESS);
  await hosts.start("desk", [process.execPath, "-e", SERVER, PUBLIC_ADDRESS, certificate, key, SITE], /listens/);
  const home = await hosts.home("colleague", await hosts.authority(), await hosts.authority("other-state"), authority);
  const browser = await hosts.browse(home, {}, [`--host-resolver-rules=MAP site.example ${PUBLIC_ADDRESS}`]);

  const open = async (origin: string): Promise<Page> => {
    const { page } = await newPage(browser);
    await page.goto(`${origin}/rigs.html`);
    return page;
  };
  const tileOf = (page: Page, origin = rig) => page.locator(`article[data-origin="${origin}"]`);
  const word = (page: Page, origin = rig) => tileOf(page, origin).getByRole("status");
  const add = async (page: Page, address: string): Promise<void> => {
    await page.getByRole("textbox", { name: "Address or pairing link" }).fill(address);
    await page.getByRole("button", { name: "Add", exact: true }).click();
  };
  const pair = async (page: Page): Promise<void> => {
    const invited = hosts.zarrcam("access", "invite", "--role", "observe");
    await add(page, /https:\/\/192\.168\.77\.1\S+#pair=\S+/.exec(invited)?.[0] ?? "");
    await expect(word(page)).toHaveText("Ready");
    await expect(tileOf(page).getByRole("heading")).toHaveText("Light sheet");
  };

  await test.step("public, https: the browser asks, and the rig wants it paired", async () => {
    const page = await open(site);
    await answerForNetwork(page, "denied");
    await add(page, rig);
    await expect(word(page)).toHaveText("Not allowed by the browser");
    await expect(tileOf(page)).toContainText("Allow it in the site's settings");
    await expect(tileOf(page).getByRole("link", { name: "Open its own page" })).toHaveAttribute("href", rig);
    await answerForNetwork(page, "prompt");
    await page.reload();
    await expect(word(page)).toHaveText("Browser not asked");
    await tileOf(page).getByRole("button", { name: "Let the browser ask" }).click();
    await expect(tileOf(page)).toContainText("the question was closed");
    await answerForNetwork(page, "granted");
    await expect(word(page)).toHaveText("Not paired");
    await pair(page);
    // The permission is taken back.
    await answerForNetwork(page, "denied");
    await page.reload();
    await expect(word(page)).toHaveText("Not allowed by the browser");
  });

  await test.step("of another rig: nothing is asked, and the rig wants it paired", async () => {
    const page = await open(other);
    await answerForNetwork(page, "denied");
    await add(page, rig);
    await expect(word(page)).toHaveText("Not paired");
    await expect(tileOf(page)).toContainText("Paste a pairing link of the rig here");
    await pair(page);
  });

  await test.step("of a rig by plain http: nothing is asked, the rig must name it and wants it paired", async () => {
    const page = await open(plain);
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await answerForNetwork(page, "denied");
    await add(page, rig);
    await expect(word(page)).toHaveText("Not paired");
    await pair(page);
    // Another rig has not named it.
    await add(page, other);
    await expect(word(page, other)).toHaveText("Not paired");
  });
});
