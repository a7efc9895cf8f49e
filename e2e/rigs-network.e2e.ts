// A rig in the network, found and watched from a desk: two computers in network namespaces.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { newPage } from "./harness/browser.ts";
import { expect, test } from "./harness/test.ts";
import { TwoHosts, noTwoHosts } from "./harness/two-hosts.ts";

const cli = fileURLToPath(new URL("../bridge/cli/bin/zarrcam.js", import.meta.url));
const zarrcam = (...args: string[]): string[] => [process.execPath, cli, ...args];
const reason = noTwoHosts();

test("a rig is found in the network, refuses who is not paired, and is seen by who is", async () => {
  test.skip(reason !== null, reason ?? "");
  await using hosts = await TwoHosts.make();
  const rig = `https://${hosts.camera}:8421`;
  const bridge = await hosts.serve("--rig-name", "Light sheet");
  const deskData = ["--data", join(hosts.folder, "desk"), "--state", join(hosts.folder, "desk-state")];
  await hosts.start("desk", zarrcam("serve", "--discover", "--port", "8500", ...deskData), /is ready/);
  const authority = join(hosts.folder, "authority.pem");
  const fetchAuthority = `fetch("http://${hosts.camera}:8421/trust/authority.pem").then((a) => a.text()).then((pem) => require("node:fs").writeFileSync(${JSON.stringify(authority)}, pem))`;
  expect(hosts.output("desk", [process.execPath, "-e", fetchAuthority])).toEqual({ status: 0, text: "" });

  const browser = await hosts.browse(await hosts.home("colleague", authority));
  const { page } = await newPage(browser);
  await page.goto("http://127.0.0.1:8500/rigs.html");
  const tile = page.locator(`article[data-origin="${rig}"]`);
  const word = tile.getByRole("status");
  await expect(page.getByRole("article").getByRole("status")).toHaveText("Ready");

  await test.step("it is found by its name, and the desk finds not itself", async () => {
    await expect(async () => {
      await page.getByRole("button", { name: "Look for others" }).click();
      await expect(page.getByText(/found 1 camera computer\./)).toBeVisible({ timeout: 8000 });
    }).toPass({ timeout: 40_000 });
    await expect(page.getByRole("listitem")).toContainText(`Light sheet ${rig}`);
    await page.getByRole("button", { name: "Add Light sheet" }).click();
  });

  await test.step("nothing of it is seen without pairing, and it is said how", async () => {
    await expect(word).toHaveText("Not paired");
    await expect(tile).toContainText("Paste a pairing link of the rig here");
    await expect(tile.getByRole("link", { name: "How to trust it" })).toHaveAttribute(
      "href",
      `http://${hosts.camera}:8421/trust`,
    );
  });

  await test.step("a pairing link lets this page in, also after a reload", async () => {
    const { text } = hosts.output("camera", zarrcam("access", "invite", "--role", "observe"));
    const link = /https:\/\/192\.168\.77\.1\S+#pair=\S+/.exec(text)?.[0] ?? "";
    await page.getByRole("textbox", { name: "Address or pairing link" }).fill(link);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByText(`Paired with ${rig}.`)).toBeVisible();
    await expect(word).toHaveText("Ready");
    await expect(tile.getByRole("heading")).toHaveText("Light sheet");
    await page.reload();
    await expect(word).toHaveText("Ready");
    // A link is good once, and a wrong one says so.
    await page.getByRole("textbox", { name: "Address or pairing link" }).fill(link);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByText("This link lets nobody in")).toBeVisible();
  });

  await test.step("what it was let in by lies in no address and no list", async () => {
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + location.href);
    expect(kept).not.toMatch(/pair=|[A-Za-z0-9_-]{40}/);
  });

  await test.step("whoever is revoked sees no more of it", async () => {
    const { text } = hosts.output("camera", zarrcam("access", "list", "--json"));
    const [, id = ""] = /"id":\s*"([^"]+)"/.exec(text) ?? [];
    expect(hosts.output("camera", zarrcam("access", "revoke", id)).status).toBe(0);
    await expect(word).toHaveText(/Unreachable|Connection lost/);
    await expect(tile).toContainText("have ended this page's pairing", { timeout: 30_000 });
  });

  await test.step("a rig that goes takes its leave of the network", async () => {
    await bridge.end();
    await page.getByRole("button", { name: "Look for others" }).click();
    await expect(page.getByText("found no other camera computer in its network")).toBeVisible();
  });
});
