export { type Bridge, type BridgeOptions, startBridge } from "./bridge.ts";
export { recoverDatasets } from "./recover-datasets.ts";
