import { type ClientOptions, WebSocket } from "ws";

import { authorityOf, trusting } from "./pinned/authority.ts";
import type { RemoteOptions } from "./remote/bridge-link.ts";
import { RemoteRuntime } from "./remote/remote-runtime.ts";
import { bearer } from "./remote/shown.ts";
import type { WebSocketConstructor } from "./remote/web-socket.ts";

/** How a script in Node connects. */
export interface ConnectOptions extends RemoteOptions {
  /**
   * SHA-256 of the certificate of the bridge's own authority, or of the one that it was given, base64url, as `pin=` of a pairing link: it is
   * trusted then, and no other. Default: those that this system trusts.
   */
  pin?: string;
}

/** `RemoteRuntime.connect` for Node: which has no WebSocket of its own before 22, and may trust a bridge by its pin. */
export async function connect(url: string, { pin, token, ...options }: ConnectOptions = {}): Promise<RemoteRuntime> {
  const ca = pin === undefined ? undefined : await authorityOf(url, pin);
  const headers = bearer(token === undefined ? {} : { token });
  const settings: ClientOptions = { headers, ...(ca !== undefined && trusting(ca)) };
  class Socket extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, settings);
    }
  }
  return RemoteRuntime.connect(url, { webSocket: Socket as unknown as WebSocketConstructor, ...options });
}
