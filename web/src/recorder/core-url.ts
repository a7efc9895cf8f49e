/** Where the core lies: beside the page. Where it could not be built there is none, and who loads it says so. For the page's own thread. */
export function coreUrl(): string {
  return new URL(import.meta.env.VITE_CORE ?? "zarrcam.wasm", document.baseURI).href;
}
