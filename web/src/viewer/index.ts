export { default as ImagePane } from "./ImagePane.svelte";
export { default as LookPanel } from "./LookPanel.svelte";
export { Thumbnails } from "./thumbnails.ts";
export { Viewer } from "./viewer.svelte.ts";
