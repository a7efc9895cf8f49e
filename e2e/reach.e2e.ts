// Which page may reach which bridge: the table of docs/network.md, as far as one computer can play all parts.
import { fileURLToPath } from "node:url";

import { hasCore } from "../web/src/recorder/core.fixture.ts";
import { Bridge } from "./harness/bridge.ts";
import { answerForNetwork as answer } from "./harness/browser.ts";
import { PlainServer } from "./harness/plain-server.ts";
import { expect, test } from "./harness/test.ts";

const SITE = fileURLToPath(new URL("../web/site", import.meta.url));

test.skip(!hasCore, "nothing compiles for the browser here, so there is no site");

/** Each comes from a server of its own: where a browser takes it to be is told by its port. */
const PAGES = [
  { what: "a public page over https", host: "site.example", space: "public", secure: true, then: "asked" },
  { what: "a public page over plain http", host: "plain.example", space: "public", secure: false, then: "refused" },
  { what: "a rig's page over https", host: "rig.local", space: "local", secure: true, then: "let through" },
  { what: "a rig's page over plain http", host: "old-rig.local", space: "local", secure: false, then: "let through" },
] as const;

for (const { what, host, space, secure, then } of PAGES)
  test(`${what} and the bridge of one's own computer: it is ${then}`, async ({ openPage }) => {
    await using site = await PlainServer.start(SITE, "/");
    const origin = `http://${host}:${site.port}`;
    await using bridge = await Bridge.start({ rigName: "Own rig", controlledBy: [origin] });
    const elsewhere = [{ host, port: site.port, space, secure }];
    const { page } = await openPage(`${origin}/rigs.html`, { elsewhere });
    const tile = page.getByRole("article");
    const word = tile.getByRole("status");
    await answer(page, "denied");
    await page.getByRole("textbox", { name: "Address or pairing link" }).fill(bridge.url);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    if (then === "let through") {
      await expect(word).toHaveText("Ready");
      await expect(tile.getByRole("heading")).toHaveText("Own rig");
      return;
    }
    await expect(word).toHaveText("Not allowed by the browser");
    await expect(tile.getByRole("link", { name: "Open its own page" })).toHaveAttribute("href", bridge.url);
    if (then === "refused") {
      // No permission is to be had, so none is offered.
      await expect(tile).toContainText("Browsers do not let a page of plain http reach");
      return;
    }
    await expect(tile).toContainText("Allow it in the site's settings");

    // A page that is loaded asks nobody by itself; a browser without a window closes the question.
    await answer(page, "prompt");
    await page.reload();
    await expect(word).toHaveText("Browser not asked");
    await expect(tile).toContainText("then Allow");
    await tile.getByRole("button", { name: "Let the browser ask" }).click();
    await expect(tile).toContainText("the question was closed");

    await answer(page, "granted");
    await expect(word).toHaveText("Ready");
    await expect(tile.getByRole("heading")).toHaveText("Own rig");
  });

test("a page of one's own computer is asked nothing", async ({ openPage }) => {
  await using own = await Bridge.start();
  await using other = await Bridge.start({ rigName: "Other", controlledBy: [own.url] });
  const { page } = await openPage(new URL("/rigs.html", own.url).href);
  await answer(page, "denied");
  await page.getByRole("textbox", { name: "Address or pairing link" }).fill(other.url);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.locator(`[data-origin="${other.url}"]`).getByRole("status")).toHaveText("Ready");
});
