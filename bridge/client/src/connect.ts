import { WebSocket } from "ws";

import type { RemoteOptions } from "./remote/bridge-link.ts";
import { RemoteRuntime } from "./remote/remote-runtime.ts";
import type { WebSocketConstructor } from "./remote/web-socket.ts";

/** `RemoteRuntime.connect` for Node, which has no WebSocket of its own before 22. */
export function connect(url: string, options: RemoteOptions = {}): Promise<RemoteRuntime> {
  return RemoteRuntime.connect(url, { webSocket: WebSocket as unknown as WebSocketConstructor, ...options });
}
