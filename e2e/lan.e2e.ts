// From another desk: two computers in network namespaces, https by this computer's own authority, real Chromium.
import { join } from "node:path";

import type { Page } from "playwright/test";

import { loadAxe, violations } from "./harness/axe.ts";
import { newPage } from "./harness/browser.ts";
import { AppPage } from "./harness/app-page.ts";
import { openStore } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";
import { TwoHosts, noTwoHosts } from "./harness/two-hosts.ts";

const reason = noTwoHosts();
async function expectAccessible(page: Page): Promise<void> {
  await loadAxe(page);
  expect(await violations(page, false)).toEqual([]);
}

const python = process.env["ZARRCAM_PYTHON"] ?? "python3";

test("a desk learns to trust the camera computer, which can speak for nobody else", async () => {
  test.skip(reason !== null, reason ?? "");
  await using hosts = await TwoHosts.make();
  const bridge = await hosts.serve();
  const url = `https://${hosts.camera}:8421/`;

  await test.step("the links lead to the network, not to containers or idle cables", () => {
    const links = [...bridge.output().matchAll(/https:\/\/(\S+):8421\//g)].map(([, host]) => host);
    expect(links[0]).toBe(hosts.camera);
    expect(links.filter((host) => /^[\d.]+$/.test(host ?? ""))).toEqual([hosts.camera]);
  });

  const authority = join(hosts.folder, "authority.pem");
  await test.step("a script pins the fingerprint that the terminal shows", () => {
    const script = `
import hashlib, ssl, sys, urllib.request
file, pin, url = sys.argv[1:]
pem = urllib.request.urlopen(url.replace("https", "http") + "trust/authority.pem").read().decode()
open(file, "w").write(pem)
assert hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper() == pin.replace(":", "")
with urllib.request.urlopen(url, context=ssl.create_default_context(cadata=pem)) as answer:
    print(answer.status)
`;
    const pin = /(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/.exec(bridge.output())?.[0] ?? "";
    expect(hosts.output("desk", [python, "-c", script, authority, pin, url])).toEqual({ status: 0, text: "200\n" });
  });

  await test.step("who does not trust it yet is told how, whichever way he came", async () => {
    const stranger = await hosts.browse(await hosts.home("stranger", null));
    const { page: warned } = await newPage(stranger);
    await expect(warned.goto(url)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
    const { page } = await newPage(stranger);
    await page.goto(`http://${hosts.camera}:8421/`);
    await page.getByRole("link", { name: "How it is told" }).click();
    await expect(page.getByRole("heading", { name: "Trust this camera computer" })).toBeVisible();
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await expectAccessible(page);
    // Past the warning, as people do it: the page says that this is no trust.
    // What its button does: typed words are heard once the warning has the focus, which it does not tell.
    await expect(async () => {
      await warned.goto(`${url}trust`).catch(() => undefined);
      await warned.waitForFunction(() => "certificateErrorPageController" in window, null, { timeout: 3000 });
      await warned.evaluate(() => {
        (
          window as unknown as { certificateErrorPageController: { proceed(): void } }
        ).certificateErrorPageController.proceed();
      });
      await expect(warned.getByText("does not trust this camera computer yet")).toBeVisible({ timeout: 5000 });
    }).toPass({ timeout: 40_000 });
    expect(warned.url()).toBe(`${url}trust`);
  });

  const home = await hosts.home("colleague", authority);
  await test.step("who trusts it has a page with all that https gives", async () => {
    const browser = await hosts.browse(home, { webgpu: true });
    const { page, errors } = await newPage(browser);
    await page.goto(`http://${hosts.camera}:8421/trust`);
    await page.getByRole("link", { name: `${url}trust` }).click();
    await expect(page.getByText("Your browser trusts this camera computer.")).toBeVisible();
    expect(await page.getByRole("group").filter({ hasText: "Linux: Chromium" }).getAttribute("open")).not.toBeNull();
    await expectAccessible(page);
    expect(errors).toEqual([]);
    await page.goto(url);
    const has = await page.evaluate(async () => ({
      secure: isSecureContext,
      isolatedFolder: (await navigator.storage.getDirectory()).kind,
      webgpu: (await navigator.gpu.requestAdapter()) !== null,
      webusb: "usb" in navigator,
    }));
    expect(has).toEqual({ secure: true, isolatedFolder: "directory", webgpu: true, webusb: true });
  });

  await test.step("a certificate by its key for a public name is refused by Chromium and by Python", async () => {
    const key = join(hosts.folder, "state/authority.pem");
    const serve = async (name: string, port: number) => {
      const { certificate, key: own } = await hosts.forge(key, name);
      const program = `
        import("node:https").then(async ({ createServer }) => {
          const { readFileSync } = await import("node:fs");
          const server = createServer({ cert: readFileSync(process.argv[1]), key: readFileSync(process.argv[2]) }, (_, answer) => answer.end("forged"));
          server.listen(Number(process.argv[3]), "${hosts.camera}", () => console.log("listens"));
        });`;
      await hosts.start("camera", [process.execPath, "-e", program, certificate, own, String(port)], /listens/);
    };
    // The second shows that it is the name alone.
    await serve("www.example.com", 9001);
    await serve("other.local", 9002);
    const lead = `--host-resolver-rules=MAP * ${hosts.camera}`;
    const browser = await hosts.browse(home, {}, [lead]);
    const { page } = await newPage(browser);
    await expect(page.goto("https://www.example.com:9001/")).rejects.toThrow(
      /ERR_CERT_(INVALID|NAME_CONSTRAINT_VIOLATION)/,
    );
    const { page: other } = await newPage(browser);
    await other.goto("https://other.local:9002/");
    expect(await other.textContent("body")).toBe("forged");
    const script = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
with socket.create_connection((sys.argv[2], int(sys.argv[3]))) as plain, context.wrap_socket(plain, server_hostname=sys.argv[4]) as secure:
    print(secure.version())
`;
    const ask = (port: string, name: string) =>
      hosts.output("desk", [python, "-c", script, authority, hosts.camera, port, name]);
    expect(ask("9001", "www.example.com").text).toContain("permitted subtree violation");
    expect(ask("9002", "other.local")).toEqual({ status: 0, text: "TLSv1.3\n" });
  });
  await bridge.end();
});

test("a desk is let in by a link, watches, asks for control, runs the tutorial and looks at its dataset", async () => {
  test.skip(reason !== null, reason ?? "");
  test.setTimeout(240_000);
  await using hosts = await TwoHosts.make();
  const bridge = await hosts.serve();
  const url = `https://${hosts.camera}:8421/`;
  const home = await hosts.home("colleague", await hosts.authority());

  const { page: atCamera } = await newPage(await hosts.browse(await hosts.home("camera", null), {}, [], "camera"));
  await atCamera.goto("http://127.0.0.1:8421/");
  const camera = await new AppPage(atCamera).ready();
  await camera.button("Live").click();
  await expect(camera.word).toHaveText("Live, not saved");

  const browser = await hosts.browse(home);
  const { page } = await newPage(browser);
  const app = new AppPage(page);
  await test.step("by link it is let in, and the link's secret is gone from the address", async () => {
    const invited = hosts.zarrcam("access", "invite", "--role", "control");
    const link = /https:\S+#pair=\S+/.exec(invited)?.[0] ?? "";
    expect(link.startsWith(url)).toBe(true);
    await page.goto(link);
    await app.button("Enter").click();
    await app.ready();
    expect(page.url()).toBe(url);
    expect(hosts.zarrcam("access", "list")).toContain("control");
  });
  await test.step("it sees what the camera sees, which another controls", async () => {
    await expect(app.word).toHaveText("Live, not saved");
    await expect.poll(() => app.pictureSum()).not.toBeNull();
    const first = await app.pictureSum();
    await expect.poll(() => app.pictureSum()).not.toBe(first);
    await expect(page.getByTestId("control")).toContainText("Camera computer has control");
  });
  await test.step("it asks for control, and is given it", async () => {
    await app.button("Control").click();
    await page.getByRole("menuitem", { name: /^Request control/ }).click();
    await atCamera.getByRole("button", { name: /^Hand over control to / }).click();
    await expect(page.getByTestId("control")).toContainText("You have control");
  });
  await test.step("it runs the tutorial, and looks at the dataset", async () => {
    await app.example("Chunked tutorial");
    await expect(app.run).toContainText("300 frames, 21 s, 622 MB");
    await app.button("Record").click();
    expect(await app.summary(90_000)).toMatch(/^Saved 300, lost 0: out\.zarr/);
    const store = await openStore(join(hosts.folder, "data"), "out.zarr");
    expect(store.shape).toEqual([10, 3, 10, 1080, 1920]);
    await app.openDataset("out.zarr");
    await app.button("1:1").click();
    await app.slider("t").press("End");
    await app.expectPixels(await store.plane(9, 0, 0));
  });
  await test.step("after a restart of the bridge it is still let in", async () => {
    await bridge.end();
    await hosts.serve();
    await page.goto(url);
    await app.ready();
    await app.openDataset("out.zarr");
    expect(await page.evaluate(() => isSecureContext && "usb" in navigator)).toBe(true);
  });
});
