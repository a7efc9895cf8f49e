export { default as ImagePane } from "./ImagePane.svelte";
export { default as LookPanel } from "./LookPanel.svelte";
export { Viewer } from "./viewer.svelte.ts";
