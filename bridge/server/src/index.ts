export { type Bridge, type BridgeOptions, startBridge } from "./bridge.ts";
export { lanAddresses } from "./listeners/lan-addresses.ts";
export type { LanOptions, Protection } from "./listeners/lan-options.ts";
export type { Reach } from "./listeners/listener.ts";
export { recoverDatasets } from "./recover-datasets.ts";
