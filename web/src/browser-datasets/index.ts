export type { LiveServing, StorageUsage } from "./browser-datasets.ts";
export { BrowserDatasets } from "./browser-datasets.ts";
