/**
 * Whether this browser trusts the bridge. No page is told so: what was clicked through looks like the rest. But no browser
 * registers a service worker whose script came under a certificate error, clicked away or not. All else on the page works
 * without it.
 */
export const SCRIPT = `"use strict";
const state = document.getElementById("state");
const say = (kind) => {
  state.dataset.state = kind;
  for (const text of state.children) text.hidden = text.dataset.when !== kind;
};

const system = /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Mac/.test(navigator.platform) && navigator.maxTouchPoints > 1)
  ? "ios"
  : /Android/.test(navigator.userAgent)
    ? "android"
    : /Win/.test(navigator.platform)
      ? "windows"
      : /Mac/.test(navigator.platform)
        ? "macos"
        : "linux";
const own = document.getElementById(system);
if (own) own.open = true;

async function look() {
  if (state.dataset.secure === "no" || !("serviceWorker" in navigator)) return say("unknown");
  try {
    const registration = await navigator.serviceWorker.register("/trust/worker.js", { scope: "/trust/" });
    say("trusted");
    await registration.unregister();
  } catch (error) {
    say(error && error.name === "SecurityError" ? "not-trusted" : "unknown");
  }
}
void look();
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && state.dataset.state !== "trusted") void look();
});
`;

/** It does nothing: that a browser takes it says enough. */
export const WORKER = "// A browser takes this only from a bridge that it trusts.\n";
