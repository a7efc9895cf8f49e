// A bridge that other computers reach, on another address of loopback, and what such a computer does.
import { type IncomingHttpHeaders, get as plainGet } from "node:http";
import { request } from "node:https";

import type { LogLevel, NewInvitation, NewToken, Role } from "@zarrcam/protocol";
import type { HostRuntime } from "@zarrcam/client/native";

import { type Bridge, type BridgeOptions, startBridge } from "../src/index.ts";
import { RawClient } from "./raw-client.ts";

/** Only Linux has all of 127.0.0.0/8 from the start. */
export const OTHER = "127.0.0.2";
export const hasOther = process.platform === "linux";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}
export interface Asking {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** How somebody shows who he is. */
export type Shown = { cookie: string } | { token: string } | null;
export function headersOf(shown: Shown): Record<string, string> {
  if (shown === null) return {};
  return "cookie" in shown ? { cookie: shown.cookie } : { authorization: `Bearer ${shown.token}` };
}

export class LanBridge {
  readonly bridge: Bridge;
  readonly ca: string;
  /** Somebody on the camera computer. */
  readonly admin: RawClient;
  /** What the bridge said for the terminal. */
  readonly said: readonly string[];

  private constructor(bridge: Bridge, ca: string, admin: RawClient, said: readonly string[]) {
    this.bridge = bridge;
    this.ca = ca;
    this.admin = admin;
    this.said = said;
  }

  static async start(runtime: HostRuntime, options: Partial<BridgeOptions> = {}): Promise<LanBridge> {
    const said: string[] = [];
    const bridge = await startBridge({
      runtime,
      port: 0,
      pageDir: null,
      version: "test",
      lan: { interfaces: [], names: ["rig3"], addresses: () => [OTHER], protection: { kind: "authority" } },
      report: (level: LogLevel, message: string) => said.push(`${level}: ${message}`),
      ...options,
    });
    const ca = await plainText(`http://${OTHER}:${bridge.port}/trust/authority.pem`);
    return new LanBridge(bridge, ca, await RawClient.open(bridge), said);
  }

  get origin(): string {
    return `https://${OTHER}:${this.bridge.port}`;
  }

  /** One request of another computer. */
  ask(path: string, { method = "GET", headers = {}, body }: Asking = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request(
        { host: OTHER, port: this.bridge.port, servername: "", ca: this.ca, path, method, headers, agent: false },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          const done = () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(parts).toString(),
            });
          response.on("end", done);
          response.on("error", done);
        },
      );
      asked.on("error", reject);
      asked.end(body);
    });
  }
  post(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
    const json = { "content-type": "application/json", ...headers };
    return this.ask(path, { method: "POST", headers: json, body: JSON.stringify(body) });
  }

  invite(role: Role, more: object = {}): Promise<NewInvitation> {
    return this.admin.call<NewInvitation>("access.invite", { role, ...more });
  }
  /** A browser that was paired: its cookie. */
  async pairBrowser(role: Role, name?: string): Promise<{ id: string; cookie: string }> {
    const { token } = await this.invite(role);
    const { headers, text } = await this.post("/access/pair", { token, ...(name !== undefined && { name }) });
    const [cookie = ""] = (headers["set-cookie"]?.[0] ?? "").split(";");
    return { id: (JSON.parse(text) as { id: string }).id, cookie };
  }
  /** A script that was paired. */
  async pairScript(role: Role, name?: string): Promise<NewToken> {
    const { token } = await this.invite(role);
    const { text } = await this.post("/access/token", { token, ...(name !== undefined && { name }) });
    return JSON.parse(text) as NewToken;
  }

  socket(shown: Shown, headers: Record<string, string> = {}, protocols: string[] = []): Promise<RawClient> {
    const options = { ca: this.ca, servername: "", headers: { ...headersOf(shown), ...headers } };
    return RawClient.openAt(`${this.origin.replace("https", "wss")}/ws`, options, protocols);
  }

  async close(): Promise<void> {
    await this.bridge.close();
  }
}

function plainText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    plainGet(url, { agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve(text));
    }).on("error", reject);
  });
}
