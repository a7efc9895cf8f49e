// Two computers and a cable between them: network namespaces of this test alone. Nothing leaves them.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type Browser, chromium } from "playwright/test";

import { type Appearance, chromiumArguments, chromiumPath } from "./browser.ts";

const cli = fileURLToPath(new URL("../../bridge/cli/bin/zarrcam.js", import.meta.url));

/** Why there can be no two hosts here; null: there can. */
export function noTwoHosts(): string | null {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  for (const tool of ["ip", "certutil", "openssl"]) {
    if (spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0) {
      return `${tool} is missing: sudo apt-get install -y iproute2 libnss3-tools openssl`;
    }
  }
  const name = `zarrcam-try-${process.pid}`;
  const made = spawnSync("ip", ["netns", "add", name], { encoding: "utf8" });
  if (made.status !== 0) return `network namespaces cannot be made here: ${made.stderr.trim()}`;
  const pair = spawnSync("ip", ["-n", name, "link", "add", "try0", "type", "veth", "peer", "name", "try1"], {
    encoding: "utf8",
  });
  spawnSync("ip", ["netns", "delete", name]);
  return pair.status === 0 ? null : `network namespaces cannot be connected here: ${pair.stderr.trim()}`;
}

function run(command: string, args: string[], input?: string): string {
  const done = spawnSync(command, args, { encoding: "utf8", ...(input === undefined ? {} : { input }) });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

/** The camera computer and a desk. */
export class TwoHosts {
  /** Address of the camera computer, and of the desk. */
  readonly camera = "192.168.77.1";
  readonly desk = "192.168.77.2";
  readonly folder: string;
  readonly #names: { camera: string; desk: string };
  readonly #children = new Set<ChildProcess>();
  readonly #browsers: Browser[] = [];

  private constructor(folder: string, names: { camera: string; desk: string }) {
    this.folder = folder;
    this.#names = names;
  }

  static async make(): Promise<TwoHosts> {
    const id = `${process.pid}-${Math.floor(Math.random() * 1e6)}`;
    const names = { camera: `zarrcam-a-${id}`, desk: `zarrcam-b-${id}` };
    const hosts = new TwoHosts(await mkdtemp(join(tmpdir(), "zarrcam-hosts-")), names);
    const { camera, desk } = names;
    for (const name of [camera, desk]) {
      run("ip", ["netns", "add", name]);
      // An address of IPv6 that turns out to be free a second later is a change of network to a browser, which begins anew.
      const dad = "/proc/sys/net/ipv6/conf/default/accept_dad";
      run("ip", ["netns", "exec", name, "sh", "-c", `[ ! -e ${dad} ] || echo 0 > ${dad}`]);
    }
    run("ip", ["-n", camera, "link", "add", "lab0", "type", "veth", "peer", "name", "lab0", "netns", desk]);
    const up = (name: string, link: string, address: string): void => {
      run("ip", ["-n", name, "address", "add", address, "dev", link]);
      run("ip", ["-n", name, "link", "set", link, "up"]);
    };
    for (const name of [camera, desk]) run("ip", ["-n", name, "link", "set", "lo", "up"]);
    up(camera, "lab0", `${hosts.camera}/24`);
    up(desk, "lab0", `${hosts.desk}/24`);
    // What a camera computer has besides: containers, and a cable whose other end is not in use.
    run("ip", ["-n", camera, "link", "add", "docker0", "type", "veth", "peer", "name", "inside0"]);
    run("ip", ["-n", camera, "link", "set", "inside0", "up"]);
    up(camera, "docker0", "172.17.0.1/16");
    run("ip", ["-n", camera, "link", "add", "spare0", "type", "veth", "peer", "name", "unused0"]);
    up(camera, "spare0", "192.168.78.1/24");
    // Linux says late that a cable carries, and Node tells of no address before.
    for (const name of [camera, desk])
      while (!run("ip", ["-n", name, "-o", "link", "show", "lab0"]).includes("state UP"))
        await new Promise((resolve) => setTimeout(resolve, 20));
    return hosts;
  }

  /** Command line by which a program runs on one of the two. */
  on(host: "camera" | "desk", command: string[]): [string, string[]] {
    return ["ip", ["netns", "exec", this.#names[host], ...command]];
  }

  /** What a program that ends wrote, with both outputs together. */
  output(host: "camera" | "desk", command: string[]): { status: number | null; text: string } {
    const { status, stdout, stderr } = spawnSync(...this.on(host, command), { encoding: "utf8", timeout: 30_000 });
    return { status, text: stdout + stderr };
  }

  /** A program that goes on; resolves when it has said what is waited for. */
  async start(
    host: "camera" | "desk",
    command: string[],
    ready: RegExp,
  ): Promise<{ output: () => string; end: () => Promise<void> }> {
    const child = spawn(...this.on(host, command), { stdio: ["ignore", "pipe", "pipe"] });
    this.#children.add(child);
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    let output = "";
    await new Promise<void>((resolve, reject) => {
      const fail = (how: string) => reject(new Error(`${command.join(" ")} ${how}: ${output}`));
      const waited = setTimeout(() => fail(`did not say ${ready.source} in time`), 45_000);
      const read = (text: Buffer): void => {
        output += text.toString();
        if (!ready.test(output)) return;
        clearTimeout(waited);
        resolve();
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      void exited.then(() => fail("ended"));
    });
    const end = async (): Promise<void> => {
      child.kill("SIGTERM");
      await exited;
      this.#children.delete(child);
    };
    return { output: () => output, end };
  }

  /** A bridge on the camera computer, with data and state in `folder`. */
  serve(...more: string[]): ReturnType<TwoHosts["start"]> {
    const { folder } = this;
    const places = ["--data", join(folder, "data"), "--state", join(folder, "state")];
    return this.start(
      "camera",
      [process.execPath, cli, "serve", "--lan", ...places, ...more],
      /trust\n|--insecure\)[^]*is ready/,
    );
  }

  /** Chromium on one of the two, by somebody whose home folder has what he trusts. */
  async browse(
    home: string,
    appearance: Appearance = {},
    more: string[] = [],
    host: "camera" | "desk" = "desk",
  ): Promise<Browser> {
    const wrapper = join(this.folder, `chromium-${this.#browsers.length}`);
    const [command, args] = this.on(host, ["env", `HOME=${home}`, chromiumPath]);
    await writeFile(wrapper, `#!/bin/sh\nexec ${[command, ...args].join(" ")} "$@"\n`, { mode: 0o755 });
    const browser = await chromium.launch({
      executablePath: wrapper,
      args: [...chromiumArguments(appearance), ...more],
    });
    this.#browsers.push(browser);
    return browser;
  }

  /** The certificate of a bridge's authority, as a file of its own. @param state the bridge's state folder, in `folder` */
  async authority(state = "state"): Promise<string> {
    const path = join(this.folder, `${state}.crt`);
    const kept = await readFile(join(this.folder, state, "authority.pem"), "utf8");
    await writeFile(path, /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----\n/.exec(kept)?.[0] ?? "");
    return path;
  }

  /** `zarrcam …` on the camera computer, to its end. */
  zarrcam(...args: string[]): string {
    const { status, text } = this.output("camera", [process.execPath, cli, ...args]);
    if (status !== 0) throw new Error(text);
    return text;
  }

  /** Another address of the desk, of any network that there is: nothing leaves it. */
  addAddress(address: string): void {
    run("ip", ["-n", this.#names.desk, "address", "add", `${address}/32`, "dev", "lo"]);
  }

  /** An authority that anybody may trust, with its key in the same file. */
  async publicAuthority(): Promise<string> {
    const [certificate, key] = ["public.crt", "public.key"].map((name) => join(this.folder, name)) as [string, string];
    const made = [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "30",
      "-subj",
      "/CN=Public",
    ];
    run("openssl", ["req", "-x509", ...made, "-keyout", key, "-out", certificate]);
    const both = join(this.folder, "public.pem");
    await writeFile(both, (await readFile(certificate, "utf8")) + (await readFile(key, "utf8")));
    return both;
  }

  /** A home folder; `trusted`: paths of authorities' certificates. */
  async home(name: string, ...trusted: (string | null)[]): Promise<string> {
    const home = join(this.folder, name);
    const database = join(home, ".pki/nssdb");
    await mkdir(database, { recursive: true });
    run("certutil", ["-N", "-d", `sql:${database}`, "--empty-password"]);
    for (const [at, path] of trusted.entries())
      if (path) run("certutil", ["-A", "-d", `sql:${database}`, "-t", "C,,", "-n", `zarrcam ${at}`, "-i", path]);
    return home;
  }

  /** A certificate of an authority (PEM with its key) for whatever name is wanted: what a thief of its key would make. */
  async forge(authority: string, name: string): Promise<{ certificate: string; key: string }> {
    const [certificate, key, request, extensions] = ["crt", "key", "csr", "ext"].map((kind) =>
      join(this.folder, `${name}.${kind}`),
    ) as [string, string, string, string];
    const quiet = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/O=zarrcam"];
    run("openssl", ["req", "-new", ...quiet, "-keyout", key, "-out", request]);
    await writeFile(
      extensions,
      `subjectAltName=DNS:${name}\nextendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature\n`,
    );
    const signed = ["-CA", authority, "-CAkey", authority, "-days", "30", "-extfile", extensions];
    run("openssl", ["x509", "-req", "-in", request, ...signed, "-out", certificate]);
    return { certificate, key };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#browsers.map((browser) => browser.close()));
    for (const child of this.#children) child.kill("SIGKILL");
    for (const name of Object.values(this.#names)) spawnSync("ip", ["netns", "delete", name]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
