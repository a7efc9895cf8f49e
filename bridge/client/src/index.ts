// The entry for Node: the runtime in process, and that of a bridge. Browsers take `@zarrcam/client/remote`.
export * from "./native.ts";
export * from "./remote.ts";
export { type ConnectOptions, connect } from "./connect.ts";
export { openFrames } from "./pinned/frames.ts";
