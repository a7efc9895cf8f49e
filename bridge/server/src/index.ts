export { type Bridge, type BridgeOptions, startBridge } from "./bridge.ts";
export { lanAddresses } from "./listeners/lan-addresses.ts";
export type { LanOptions, Protection } from "./listeners/lan-options.ts";
export type { Reach } from "./listeners/listener.ts";
export { type Rig, rigInNetwork } from "./discovery/rig.ts";
export { AUTHORITY_FILE, CERTIFICATE_FILE } from "./listeners/own-authority.ts";
export { isDnsName } from "./listeners/own-names.ts";
export { recoverDatasets } from "./recover-datasets.ts";
