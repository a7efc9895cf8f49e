// The entry for browsers and scripts: no addon, nothing of Node.
export * from "./shared.ts";
export { type ConnectionState, type RemoteOptions, RemoteRuntime } from "./remote/remote-runtime.ts";
export type { WebSocketConstructor, WebSocketLike } from "./remote/web-socket.ts";
