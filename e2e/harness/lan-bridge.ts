// A bridge that other computers reach, in this process: its door for them is another address of loopback, so that nothing leaves it.
import { createHash, X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { fileURLToPath } from "node:url";

import { NativeRuntime } from "@zarrcam/client/native";
import { startBridge } from "@zarrcam/server";

/** What the browser of the other computer calls it, and where that leads. */
export const RIG = "rig.local";
const RIG_ADDRESS = "127.0.0.2";

type StartedBridge = Awaited<ReturnType<typeof startBridge>>;

export class LanBridge {
  readonly dataDir: string;
  readonly #stateDir: string;
  readonly #bridge: StartedBridge;
  readonly #runtime: NativeRuntime;

  private constructor(dataDir: string, stateDir: string, bridge: StartedBridge, runtime: NativeRuntime) {
    this.dataDir = dataDir;
    this.#stateDir = stateDir;
    this.#bridge = bridge;
    this.#runtime = runtime;
  }

  static async start(): Promise<LanBridge> {
    const [dataDir, stateDir] = await Promise.all([
      mkdtemp(join(tmpdir(), "zarrcam-e2e-")),
      mkdtemp(join(tmpdir(), "zarrcam-state-")),
    ]);
    const runtime = new NativeRuntime({ dataDir, setUp: true });
    const bridge = await startBridge({
      runtime,
      port: 0,
      pageDir: fileURLToPath(new URL("../../web/dist", import.meta.url)),
      version: "test",
      stateDir,
      lan: { interfaces: [], addresses: () => [RIG_ADDRESS], names: [RIG], protection: { kind: "authority" } },
    });
    return new LanBridge(dataDir, stateDir, bridge, runtime);
  }

  /** Of the page on the camera computer. */
  get url(): string {
    return this.#bridge.url.replace(/\/$/, "");
  }
  /** Of the page for other computers. */
  get lanUrl(): string {
    return `https://${RIG}:${this.#bridge.port}`;
  }

  /** How a browser is started that finds the bridge by its name, and trusts the certificate that it shows now, and no other. */
  async browserArguments(): Promise<string[]> {
    return [
      `--host-resolver-rules=MAP ${RIG} ${RIG_ADDRESS}`,
      `--ignore-certificate-errors-spki-list=${await keyHash(this.#bridge.port)}`,
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bridge.close();
    await this.#runtime.close();
    await Promise.all([this.dataDir, this.#stateDir].map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

/** Of the key of the certificate that a server shows. Nothing is told to it, so nothing has to be trusted. */
async function keyHash(port: number): Promise<string> {
  const socket = connectTls({ host: RIG_ADDRESS, port, servername: RIG, rejectUnauthorized: false });
  await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
  const { publicKey } = new X509Certificate(socket.getPeerCertificate().raw);
  socket.destroy();
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64");
}
