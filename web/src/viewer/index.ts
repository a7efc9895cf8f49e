export { default as ImagePane } from "./ImagePane.svelte";
export { default as DisplayPanel } from "./DisplayPanel.svelte";
export { Thumbnails } from "./thumbnails.ts";
export { Viewer } from "./viewer.svelte.ts";
