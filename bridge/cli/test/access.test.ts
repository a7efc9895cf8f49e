// Who reaches a bridge from elsewhere, by command line, TypeScript and Python; on another address of loopback.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  NativeRuntime,
  RemoteRuntime,
  type WebSocketConstructor,
  connect,
  issueCertificate,
  makeAuthority,
  openFrameBytes,
  openFrames,
} from "@zarrcam/client";
import type { Configuration, NewInvitation, PairedDevice } from "@zarrcam/protocol";
import { type Bridge, startBridge } from "@zarrcam/server";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { LanBridge, OTHER, hasOther } from "../../server/test/lan-bridge.ts";
import { type Finished, cli, smallDocument } from "./run-cli.ts";

const CLIENT = fileURLToPath(new URL("../../../examples/client.py", import.meta.url));
const SCRIPT = fileURLToPath(new URL("../../python/tests/remote_script.py", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../../python/src", import.meta.url));
const python = process.env.ZARRCAM_PYTHON;

let folder: string;
let runtime: NativeRuntime;
let lan: LanBridge;
beforeAll(async () => {
  if (!hasOther) return;
  folder = await mkdtemp(join(tmpdir(), "zarrcam-elsewhere-"));
  runtime = new NativeRuntime({ dataDir: join(folder, "data"), setUp: true });
  lan = await LanBridge.start(runtime);
}, 60_000);
afterAll(async () => {
  if (!hasOther) return;
  await lan.close();
  await runtime.close();
  await rm(folder, { recursive: true });
});

const access = (...args: string[]) => cli(["access", ...args, "--port", String(lan.bridge.port)]);
const socketUrl = () => `${lan.origin.replace("https", "wss")}/ws`;

describe.skipIf(!hasOther)("zarrcam access", () => {
  test("invites, lists, renames, changes and revokes, by the bridge that runs here", async () => {
    const made = await access(
      "invite",
      "--role",
      "control",
      "--name",
      "Anna's script",
      "--uses",
      "2",
      "--minutes",
      "60",
      "--json",
    );
    expect([made.code, made.stderr]).toEqual([0, ""]);
    const invitation = JSON.parse(made.stdout) as NewInvitation;
    expect(invitation).toMatchObject({ role: "control" });
    expect(invitation.links[0]).toContain(`${lan.origin}/#pair=`);
    expect(invitation.expires_unix_ms - Date.now()).toBeGreaterThan(3_500_000);
    const { text } = await lan.post("/access/token", { token: invitation.token });
    const { id } = JSON.parse(text) as { id: string };

    const listed = await access("list");
    expect(listed.stdout).toMatch(
      new RegExp(`^ID +NAME +ROLE +KIND +LAST SEEN +FROM\\n${id}  Anna's script  control  script  \\d{4}-`),
    );
    expect(listed.stdout).toMatch(/\nINVITATION .*\n[0-9a-f]{12}  Anna's script  control  1 device  /);
    expect((await access("rename", id, "Ben's script")).stdout).toBe('It is called "Ben\'s script" now.\n');
    expect((await access("role", id, "observe")).stdout).toBe('"Ben\'s script" has the role observe now.\n');
    expect((await access("withdraw", invitation.invitation)).code).toBe(0);
    expect((await access("revoke", id)).code).toBe(0);
    expect(JSON.parse((await access("list", "--json")).stdout)).toEqual({ devices: [], invitations: [] });
    const again = await access("revoke", id);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("There is no such device")]);

    const link = await access("invite");
    expect(link.stdout).toContain(`${lan.origin}/#pair=`);
    expect(link.stdout).toContain("may observe: see the live view and all datasets, and change nothing");
  });

  test.each([
    [["invite", "--role", "root"], /A role is one of observe, control, admin/],
    [["invite", "--minutes", "0"], /--minutes takes a whole number from 1 to 10080/],
    [["revoke"], /ID is missing: zarrcam access revoke ID/],
    [["list", "extra"], /"extra" is one argument too many/],
    [["reset", "all"], /"all" is one argument too many/],
    [["open"], /no `zarrcam access open`; there is invite, list, .*reset/],
  ])("%j is wrong usage", async (args, message) => {
    const { code, stdout, stderr } = await access(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });

  test("says where none runs", async () => {
    const { code, stderr } = await cli(["access", "list", "--port", "1"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("No zarrcam runs here at port 1")]);
  });
});

describe.skipIf(!hasOther)("the TypeScript client", () => {
  test("trusts the bridge by its pin, and no other; a token says who it is", async () => {
    const { fingerprint } = await lan.invite("observe");
    const { token, id } = await lan.pairScript("observe");
    const pin = fingerprint!;
    const connected = await connect(socketUrl(), { token, pin });
    expect(connected.hello.you).toEqual({ id, name: "Script", role: "observe", kind: "token" });
    await expect(connected.start({ record: true })).rejects.toMatchObject({ code: "forbidden" });
    await connected.close();
    await expect(connect(socketUrl(), { token })).rejects.toThrow("No zarrcam answers");
    await expect(connect(socketUrl(), { pin })).rejects.toMatchObject({ code: "disconnected" });
    const other = `${pin.slice(0, -2)}${pin.endsWith("AA") ? "BB" : "AA"}`;
    await expect(connect(socketUrl(), { token, pin: other })).rejects.toThrow("has another fingerprint");
  });

  test("shows its token by a ticket where a socket takes no header", async () => {
    const plain = await LanBridge.start(runtime, {
      lan: { interfaces: [], names: [], addresses: () => [OTHER], protection: { kind: "insecure" } },
    });
    try {
      const { token } = await plain.invite("control");
      const body = JSON.stringify({ token, name: "Page" });
      const asked = { method: "POST", headers: { "content-type": "application/json" }, body };
      const made = await fetch(`http://127.0.0.1:${plain.bridge.port}/access/token`, asked);
      const script = (await made.json()) as { token: string; id: string };
      const at = `${OTHER}:${plain.bridge.port}`;
      const webSocket = WebSocket as unknown as WebSocketConstructor;
      const named = await RemoteRuntime.connect(`ws://${at}/ws`, { token: script.token, webSocket });
      expect(named.hello.you).toMatchObject({ id: script.id, name: "Page", kind: "token", role: "control" });
      await named.close();
      const anybody = await RemoteRuntime.connect(`ws://${at}/ws`, { webSocket });
      expect(anybody.hello.you).toMatchObject({ id: "insecure", kind: "insecure", role: "control" });
      await anybody.close();
      await expect(openFrameBytes(`http://${at}/`, { token: `${script.token}x` })).rejects.toMatchObject({
        code: "not_paired",
      });
      await expect(openFrameBytes(`http://${at}/`, { token: script.token })).rejects.toMatchObject({
        code: "not_running",
      });
    } finally {
      await plain.close();
    }
  });
});

test.skipIf(!hasOther)("what is played lies in the data folder, but for an admin", async () => {
  const { fingerprint } = await lan.invite("observe");
  const pin = fingerprint!;
  const outside = join(folder, "secret.tif");
  await writeFile(outside, "no TIFF");
  const replaying = smallDocument({
    camera: {
      identifier: { kind: "Camera", name: "replay" },
      settings: { shape: [64, 48], pixel_type: "U8", replay: { path: outside } },
    },
  }) as unknown as Configuration;
  const problemsFor = async (role: "observe" | "control" | "admin") => {
    const { token, id } = await lan.pairScript(role);
    const client = await connect(socketUrl(), { token, pin });
    try {
      const told = (await client.validate(replaying)).problems.map(({ path, code }) => `${path} ${code}`);
      const refused = await client.setConfiguration(replaying).catch((error: { code: string; path?: string }) => error);
      return { told, code: "code" in refused ? refused.code : null };
    } finally {
      await client.close();
      // Else it has control for a while.
      await lan.admin.call("access.revoke", { id });
    }
  };
  const path = "video[0].camera.settings.replay.path";
  expect(await problemsFor("observe")).toEqual({ told: [`${path} outside`], code: "forbidden" });
  expect(await problemsFor("control")).toEqual({ told: [`${path} outside`], code: "invalid_configuration" });
  // It is looked at, and is none.
  expect(await problemsFor("admin")).toEqual({ told: [`${path} replay`], code: "invalid_configuration" });
});

describe.skipIf(!hasOther)("a certificate that the bridge was given", () => {
  let bridge: Bridge;
  let admin: RemoteRuntime;
  beforeAll(async () => {
    const common = { names: ["localhost"], addresses: [OTHER], now_unix_s: Math.floor(Date.now() / 1000) };
    const pair = issueCertificate({ ...common, authority: makeAuthority({ ...common, common_name: "lab" }) });
    const files = { certificate: join(folder, "given.crt"), key: join(folder, "given.key") };
    await writeFile(files.certificate, pair.certificate);
    await writeFile(files.key, pair.key);
    const protection = { kind: "files", ...files } as const;
    const lan = { interfaces: [], names: [], addresses: () => [OTHER], protection };
    bridge = await startBridge({ runtime, port: 0, pageDir: null, version: "test", lan });
    admin = await connect(`ws://127.0.0.1:${bridge.port}/ws`);
  });
  afterAll(async () => {
    await admin.close();
    await bridge.close();
  });
  const invite = () => admin.call("access.invite", { role: "control" });
  const url = () => `https://${OTHER}:${bridge.port}/`;

  test("is trusted by its pin, and no other, by sockets and by streams of frames", async () => {
    const { fingerprint, token: invitation } = await invite();
    const pin = fingerprint!;
    const headers = { "content-type": "application/json" };
    const asked = { method: "POST", headers, body: JSON.stringify({ token: invitation }) };
    const made = await fetch(`http://127.0.0.1:${bridge.port}/access/token`, asked);
    const { token } = (await made.json()) as { token: string };
    const connected = await connect(`wss://${OTHER}:${bridge.port}/ws`, { token, pin });
    expect(connected.hello.you).toMatchObject({ role: "control", kind: "token" });
    await connected.close();
    await expect(openFrames(url(), { token, pin })).rejects.toMatchObject({ code: "not_running" });
    await expect(openFrames(url(), { token })).rejects.toThrow("No zarrcam answers");
    const other = `${pin.slice(0, -2)}${pin.endsWith("AA") ? "BB" : "AA"}`;
    await expect(openFrames(url(), { token, pin: other })).rejects.toThrow("has another fingerprint");
  });

  test.skipIf(!python)(
    "is trusted by its pin by the Python client and package",
    async () => {
      const forPackage = (await invite()).links.find((one) => one.startsWith(url())) ?? "";
      const text = `import sys, zarrcam; p = zarrcam.pair(sys.argv[1]); r = zarrcam.Runtime(p.url, token=p.token, fingerprint=p.fingerprint); print(r.get_state())`;
      const options = { env: { ...process.env, PYTHONPATH: PACKAGE } };
      const said = await new Promise<string>((resolve) =>
        execFile(python ?? "", ["-c", text, forPackage], options, (_error, stdout, stderr) => resolve(stdout + stderr)),
      );
      expect(said).toMatch(/^DeviceState\.\w+\n$/);
      const link = (await invite()).links.find((one) => one.startsWith(url())) ?? "";
      const args = [CLIENT, link, "--uri", "given.zarr", "--key", join(folder, "given.json")];
      const told = await new Promise<string>((resolve) =>
        execFile(python ?? "", args, (_error, stdout, stderr) => resolve(stdout + stderr)),
      );
      expect(told).toMatch(/^ledger: .*"captured": 30, "stored": 30/m);
    },
    60_000,
  );
});

describe.skipIf(!hasOther || !python)("the Python client", () => {
  const run = (...args: string[]): Promise<Finished> =>
    new Promise((resolve) => {
      execFile(python ?? "", [CLIENT, ...args, "--key", join(folder, "key.json")], (error, stdout, stderr) =>
        resolve({ code: (error?.code as number | undefined) ?? 0, stdout, stderr }),
      );
    });

  test("pairs by a link, trusts by its fingerprint, records, and comes again with its key", async () => {
    const observer = await lan.invite("observe");
    const wrong = observer.links[0]!.replace(/pin=.*/, `pin=${"A".repeat(43)}`);
    expect(await run(wrong)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("has another fingerprint") as string,
    });
    const looked = await run(observer.links[0]!);
    expect(looked.stdout).toContain("Camera: simulated: radial sin\n");
    expect(looked.stderr).toMatch(
      /^refused: forbidden: set_configuration needs the role control, and "client\.py" has the role observe/,
    );

    const controller = await lan.invite("control");
    const recorded = await run(controller.links[0]!, "--uri", "one.zarr");
    expect([recorded.code, recorded.stderr]).toEqual([0, ""]);
    expect(recorded.stdout).toMatch(/^ledger: .*"captured": 30, "stored": 30/m);
    expect((await stat(join(folder, "key.json"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, "data", "one.zarr", "zarr.json"), "utf8")).toContain("ome");
    expect((await run(controller.links[0]!)).stderr).toContain("This invitation is not open");
    expect((await run(`${lan.origin}/`, "--uri", "two.zarr")).code).toBe(0);

    const devices = await lan.admin.call<PairedDevice[]>("access.devices");
    for (const { id, name } of devices) if (name === "client.py") await lan.admin.call("access.revoke", { id });
    const revoked = await run(`${lan.origin}/`);
    expect([revoked.code, revoked.stderr]).toEqual([1, expect.stringMatching(/refused: .*401/)]);
  }, 120_000);
});

test.skipIf(!hasOther || !python)(
  "the Python package pairs, trusts by a fingerprint alone, records and takes frames",
  async () => {
    const [control, observe] = await Promise.all([lan.invite("control"), lan.invite("observe")]);
    const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
      const env = { ...process.env, PYTHONPATH: PACKAGE };
      execFile(python ?? "", [SCRIPT, control.links[0]!, observe.links[0]!], { env }, (_error, stdout, stderr) =>
        resolve({ stdout, stderr }),
      );
    });
    expect(stderr).toBe("");
    const notPaired = (text: string) => ["NotPairedError", "not_paired", expect.stringContaining(text) as string];
    expect(JSON.parse(stdout)).toEqual({
      "another fingerprint": notPaired("another fingerprint"),
      role: "control",
      // A password is no text for logs.
      shown: expect.not.stringMatching(/token=/) as string,
      "used twice": notPaired("This invitation is not open"),
      "not trusted": [
        "DisconnectedError",
        "disconnected",
        expect.stringContaining("CERTIFICATE_VERIFY_FAILED") as string,
      ],
      "wrong token": notPaired("refused"),
      "no token": notPaired("refused"),
      you: "Remote script",
      uri: expect.stringMatching(/from_afar\.zarr$/) as string,
      frames: "all of them",
      complete: true,
      state: "DeviceState.Armed",
      forbidden: ["ZarrcamError", "forbidden", expect.stringContaining("needs the role control") as string],
    });
    expect(await readFile(join(folder, "data", "from_afar.zarr", "zarr.json"), "utf8")).toContain("ome");
    // Control was given back.
    expect(await lan.admin.call("control.release")).toMatchObject({ holder: null });
  },
  120_000,
);
