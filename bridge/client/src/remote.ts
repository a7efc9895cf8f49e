// The entry for browsers and scripts: no addon, nothing of Node.
export * from "./shared.ts";
export type { BridgeSide, ConnectedRuntime } from "./connected-runtime.ts";
export type { ConnectionChange, ConnectionState, RemoteOptions } from "./remote/bridge-link.ts";
export { FrameStream, type FramesOptions, openFrameBytes } from "./remote/frame-stream.ts";
export { type AddressSpace, addressSpaceOf, introduce, intoSpace, isShutOut } from "./remote/introduce.ts";
export { RemotePreviews, type RemotePreviewsOptions } from "./remote/remote-previews.ts";
export { RemoteRuntime } from "./remote/remote-runtime.ts";
export type { WebSocketConstructor, WebSocketLike } from "./remote/web-socket.ts";
