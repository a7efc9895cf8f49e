// The door for other computers, on another address of loopback: what is spoken there, and to whom.
import { type X509Certificate, createHash } from "node:crypto";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { type Socket, connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect } from "node:tls";

import { issueCertificate, makeAuthority } from "@zarrcam/client/native";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Bridge, type LanOptions, startBridge } from "../src/index.ts";
import { GivenCertificate } from "../src/listeners/given-certificate.ts";
import { LanListeners } from "../src/listeners/lan-listeners.ts";
import { OwnAuthority } from "../src/listeners/own-authority.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

// Only Linux has all of 127.0.0.0/8 from the start.
const OTHER = "127.0.0.2";
const onLinux = describe.skipIf(process.platform !== "linux");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-lan-"));
  await writeFile(join(folder, "index.html"), "<!doctype html><title>zarrcam</title>");
  await writeFile(join(folder, "a.bin"), "data");
});
afterAll(() => rm(folder, { recursive: true }));

const serve = (lan: Partial<LanOptions> = {}) =>
  startBridge({
    runtime: new ScriptedRuntime(folder).asHost(),
    port: 0,
    pageDir: folder,
    version: "test",
    lan: { interfaces: [], names: ["rig3"], addresses: () => [OTHER], protection: { kind: "authority" }, ...lan },
  });

interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: Buffer;
}
function get(url: string, options: { ca?: string; host?: string; accept?: string } = {}): Promise<Answer> {
  const { protocol, hostname, port, pathname, host } = new URL(url);
  const headers = { host: options.host ?? host, accept: options.accept ?? "*/*" };
  const asked = { host: hostname, port, path: pathname, headers, ca: options.ca, agent: false };
  return new Promise((resolve, reject) => {
    const sent = (protocol === "https:" ? secureRequest : plainRequest)(asked, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on("error", reject).end();
  });
}

/** How a handshake ends: what was agreed on, or why nothing was. */
function handshake(port: number, options: ConnectionOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: OTHER, port, servername: "", ...options });
    socket.on("error", ({ message }: Error) => resolve(message));
    socket.on("secureConnect", () => {
      resolve(`${socket.getProtocol()} ${socket.getCipher().standardName} ${String(socket.alpnProtocol)}`);
      socket.destroy();
    });
  });
}

onLinux("https", () => {
  let bridge: Bridge;
  let url: string;
  let ca: string;
  beforeAll(async () => {
    bridge = await serve();
    url = `https://${OTHER}:${bridge.port}`;
    ca = (await get(`http://${OTHER}:${bridge.port}/trust/authority.pem`)).body.toString();
  });
  afterAll(() => bridge.close());

  test("is spoken on the port of loopback, by this computer's authority", async () => {
    expect(bridge.lan?.urls).toContain(`${url}/`);
    expect(bridge.lan?.urls).toContain(`https://rig3:${bridge.port}/`);
    expect((await get(`${url}/`, { ca })).body.toString()).toContain("zarrcam");
    await expect(get(`${url}/`)).rejects.toThrow(/self-signed|unable to (verify|get)/);
    expect((await get(`${bridge.url}a.bin`)).status).toBe(200);
  });

  test("its authority is the one whose fingerprint is told", async () => {
    const { body, headers } = await get(`http://${OTHER}:${bridge.port}/trust/authority.crt`);
    expect(headers["content-type"]).toBe("application/x-x509-ca-cert");
    expect(createHash("sha256").update(body).digest("base64url")).toBe(bridge.lan?.fingerprint);
    expect((await get(`${url}/trust/authority.crt`, { ca })).body).toEqual(body);
  });

  test("modern settings alone are taken", async () => {
    const { port } = bridge;
    expect(await handshake(port, { ca })).toMatch(/^TLSv1\.3 TLS_AES_/);
    expect(await handshake(port, { ca, maxVersion: "TLSv1.2" })).toMatch(
      /^TLSv1\.2 TLS_ECDHE_ECDSA_WITH_(AES_\d+_GCM|CHACHA20)/,
    );
    const old: ConnectionOptions = { ca, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" };
    expect(await handshake(port, old)).toMatch(/alert|version|unsupported/i);
    const weak = { ca, maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA:AES128-GCM-SHA256" } as const;
    expect(await handshake(port, weak)).toMatch(/handshake failure/);
    expect(await handshake(port, { ca, ALPNProtocols: ["h2", "http/1.1"] })).toMatch(/http\/1\.1$/);
  });

  test("who is not paired gets the page and nothing of the bridge", async () => {
    expect((await get(`${url}/`, { ca })).status).toBe(200);
    for (const path of ["/data/a.bin", "/streams/0/frames", "/uploads/x"]) {
      expect((await get(`${url}${path}`, { ca })).status, path).toBe(401);
    }
    const status = await new Promise((resolve) => {
      const socket = new WebSocket(`${url.replace("https", "wss")}/ws`, "zarrcam.v1", { ca });
      socket.on("unexpected-response", (_request, { statusCode }) => resolve(statusCode));
      socket.on("open", () => resolve("open"));
    });
    expect(status).toBe(401);
    expect((await get(`${bridge.url}data/a.bin`)).status).toBe(200);
  });

  test("a name that is not the computer's is refused", async () => {
    const statusFor = (host: string) =>
      new Promise((resolve) => {
        const socket = connect({ host: OTHER, port: bridge.port, ca }, () => {
          socket.write(`GET /trust HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
          socket.once("data", (head: Buffer) => resolve(head.toString("latin1", 9, 12)));
        });
      });
    for (const host of ["rebound.example", "localhost", "127.0.0.1"]) {
      expect(await statusFor(`${host}:${bridge.port}`), host).toBe("403");
    }
    expect(await statusFor(`RIG3:${bridge.port}`)).toBe("200");
  });

  test("plain http is told the https address, and how it is trusted, and no more", async () => {
    const plain = `http://${OTHER}:${bridge.port}`;
    for (const path of ["/", "/data/a.bin", "/ws", "/trust/nothing", "/assets/../trust/x"]) {
      const { status, body, headers } = await get(plain + path);
      expect(status, path).toBe(400);
      expect(body.toString()).toContain(`This port speaks https: ${url}/`);
      expect(body.length).toBeLessThan(400);
      expect(headers.connection).toBe("close");
    }
    expect((await get(plain, { accept: "text/html" })).body.toString()).toContain(`href="${url}/"`);
    // Who comes by a name that is not ours is told a name that is.
    expect((await get(plain, { host: "rebound.example" })).body.toString()).toContain(url);
    expect((await get(`${plain}/trust`)).body.toString()).toContain("Trust this camera computer");
  });

  test("bytes that are neither, and none, cost a connection and no more", async () => {
    const ends = (bytes: string | null) =>
      new Promise<void>((resolve) => {
        const socket = connectPlain(bridge.port, OTHER, () => (bytes === null ? socket.end() : socket.write(bytes)));
        socket.on("error", () => undefined).on("close", () => resolve());
        socket.resume();
      });
    await Promise.all([
      ends(null),
      ends("\u0016\u0003\u0001not tls at all"),
      ends("GARBAGE\r\n\r\n"),
      ends("x".repeat(9000)),
    ]);
    expect((await get(`${url}/trust`, { ca })).status).toBe(200);
  });

  test("many who say nothing keep nobody out", async () => {
    const silent: Socket[] = [];
    for (let count = 0; count < 400; count += 1) {
      const socket = connectPlain(bridge.port, OTHER).on("error", () => undefined);
      silent.push(socket);
      if (count % 50 === 0) await new Promise((resolve) => socket.once("connect", resolve));
    }
    expect((await get(`${url}/trust`, { ca })).status).toBe(200);
    for (const socket of silent) socket.destroy();
  });
});

onLinux("the trust page", () => {
  let bridge: Bridge;
  beforeAll(async () => void (bridge = await serve()));
  afterAll(() => bridge.close());
  const trust = (path: string) => get(`http://${OTHER}:${bridge.port}/trust${path}`);

  test("says all without a script, under a policy without exceptions", async () => {
    const { body, headers } = await trust("");
    const text = body.toString();
    for (const system of ["Windows", "macOS", "iPhone", "Android", "Linux: Chromium", "Linux: Firefox"]) {
      expect(text).toContain(system);
    }
    expect(text.match(/<h3>Remove again<\/h3>/g)).toHaveLength(7);
    const hex = Buffer.from(bridge.lan?.fingerprint ?? "", "base64url")
      .toString("hex")
      .toUpperCase();
    expect(text.replaceAll(":", "")).toContain(hex);
    expect(text).not.toMatch(/ (style|on[a-z]+)=|<style|<script>/);
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/);
    expect(headers["content-security-policy"]).not.toContain("unsafe");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });
  test("has its files, and no others", async () => {
    for (const path of ["/trust.js", "/trust.css", "/worker.js", "/icon.svg"])
      expect((await trust(path)).status).toBe(200);
    for (const path of ["/authority.key", "/authority.pem/x"]) expect((await trust(path)).status).toBe(400);
    expect((await trust("/authority.pem")).body.toString()).not.toContain("PRIVATE");
  });
});

onLinux("plain http by explicit wish", () => {
  test("is told of, and has no certificate", async () => {
    const said: string[] = [];
    const bridge = await startBridge({
      runtime: new ScriptedRuntime(folder).asHost(),
      port: 0,
      pageDir: folder,
      version: "test",
      lan: { interfaces: [], names: [], addresses: () => [OTHER], protection: { kind: "insecure" } },
      report: (_level, message) => said.push(message),
    });
    expect(said[0]).toMatch(/plain http \(--insecure\): everybody in the network reads along.*no WebGPU/);
    expect(bridge.lan).toMatchObject({ fingerprint: null });
    expect(bridge.lan?.urls[0]).toBe(`http://${OTHER}:${bridge.port}/`);
    expect((await get(`http://${OTHER}:${bridge.port}/`)).status).toBe(200);
    await bridge.close();
  });
});

onLinux("addresses that come and go", () => {
  test("are followed, with a certificate that has them", async () => {
    let addresses = [OTHER];
    const said: string[] = [];
    const say = (_level: string, message: string) => said.push(message);
    const credentials = await OwnAuthority.open({ folder: null, names: ["rig3"], say }, addresses);
    const taken: Socket[] = [];
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const listeners = new LanListeners({
      ...{ port, backlog: 16, names: ["rig3"], credentials, say, lookEveryMs: 20 },
      addresses: () => addresses,
      take: (socket) => taken.push(socket),
      answerPlain: () => ({ status: "400 Bad Request", headers: {}, body: Buffer.alloc(0) }),
    });
    await listeners.open();
    const ca = credentials.authority.toString();
    const reach = (host: string) => handshake(port, { host, ca });
    expect(await reach(OTHER)).toMatch(/^TLSv1\.3/);
    expect(await reach("127.0.0.3")).toMatch(/ECONNREFUSED/);
    addresses = ["127.0.0.3"];
    await expect.poll(() => reach("127.0.0.3")).toMatch(/^TLSv1\.3/);
    expect(await reach(OTHER)).toMatch(/ECONNREFUSED/);
    expect([...listeners.listener.names()]).toEqual(["rig3", "127.0.0.3"]);
    expect(said.join()).toContain("127.0.0.2 is gone");
    for (const socket of taken) socket.destroy();
    await listeners.close();
  });

  test("a port that another has ends the start, and names the address", async () => {
    const bridge = await serve();
    await expect(
      startBridge({
        runtime: new ScriptedRuntime(folder).asHost(),
        host: "::1",
        port: bridge.port,
        pageDir: null,
        version: "test",
        lan: { interfaces: [], names: [], addresses: () => [OTHER], protection: { kind: "authority" } },
      }),
    ).rejects.toThrow(/127\.0\.0\.2, port \d+: the port is in use there by another program; --port takes another/);
    await bridge.close();
  });
});

describe("a certificate that is given", () => {
  const NOW_S = Math.floor(Date.now() / 1000);
  const authority = makeAuthority({ common_name: "lab", names: ["rig.lab.example"], addresses: [], now_unix_s: NOW_S });
  const issue = () => issueCertificate({ authority, names: ["rig.lab.example"], addresses: [], now_unix_s: NOW_S });
  let files: { certificate: string; key: string };
  let said: string[];
  const say = (_level: string, message: string) => said.push(message);
  /** Written beside and renamed, as those who renew do. */
  async function put(pair: { certificate: string; key: string }): Promise<void> {
    for (const kind of ["certificate", "key"] as const) {
      await writeFile(`${files[kind]}.new`, pair[kind]);
      await rename(`${files[kind]}.new`, files[kind]);
    }
  }
  beforeAll(() => {
    files = { certificate: join(folder, "given.crt"), key: join(folder, "given.key") };
    said = [];
  });

  test("is read again when it was renewed; a wrong one changes nothing, and is told once", async () => {
    const first = issue();
    await put(first);
    const given = await GivenCertificate.open(files, say);
    const { cert } = given.pair;
    expect(given.names).toEqual(["rig.lab.example"]);
    const second = issue();
    // In the middle of the change: the certificate is new, the key is not.
    await writeFile(files.certificate, second.certificate);
    await given.refresh();
    expect(said).toEqual([]);
    await put(second);
    for (let look = 0; look < 3; look += 1) await given.refresh();
    expect(given.pair.cert).toBe(second.certificate);
    expect(given.pair.cert).not.toBe(cert);
    expect(said).toEqual([expect.stringMatching(/renewed certificate .* is in use/)]);

    await put({ ...issue(), key: first.key });
    for (let look = 0; look < 3; look += 1) await given.refresh();
    expect(given.pair.cert).toBe(second.certificate);
    await rm(files.key);
    for (let look = 0; look < 3; look += 1) await given.refresh();
    expect(given.pair.cert).toBe(second.certificate);
    expect(said.slice(1)).toEqual([
      expect.stringMatching(/does not belong to its certificate\. The bridge goes on with the certificate that it has/),
      expect.stringMatching(/--key: .*given\.key cannot be read/),
    ]);
  });

  test.each([
    ["no file", async () => rm(files.certificate, { force: true }), /--cert: .*given\.crt cannot be read/],
    ["no certificate", async () => writeFile(files.certificate, "hello"), /holds no certificate that can be read/],
    [
      "a key with a password",
      async () => writeFile(files.key, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"),
      /holds no key/,
    ],
  ])("ends the start where there is %s", async (_what, harm, message) => {
    await put(issue());
    await harm();
    await expect(GivenCertificate.open(files, say)).rejects.toThrow(message);
  });

  test.skipIf(process.platform !== "linux")("is what is shown, and what links are made of", async () => {
    await put(issue());
    const { certificate, key } = files;
    const bridge = await serve({ names: [], protection: { kind: "files", certificate, key } });
    expect(bridge.lan?.urls).toEqual([`https://rig.lab.example:${bridge.port}/`]);
    const url = `https://${OTHER}:${bridge.port}`;
    const shown = await new Promise<X509Certificate | undefined>((resolve) => {
      const socket = connect(
        { host: OTHER, port: bridge.port, ca: authority.certificate, servername: "rig.lab.example" },
        () => {
          resolve(socket.getPeerX509Certificate());
          socket.destroy();
        },
      );
    });
    expect(shown?.toString()).toBe(await readFile(certificate, "utf8"));
    const page = await get(`http://${OTHER}:${bridge.port}/trust`);
    expect(page.body.toString()).toContain("gave it a certificate of its own");
    // What the links' fingerprint is of.
    const pinned = await get(`http://${OTHER}:${bridge.port}/trust/authority.crt`);
    expect(pinned.body.equals(shown!.raw)).toBe(true);
    expect(url).toContain(OTHER);
    await bridge.close();
  });
});
