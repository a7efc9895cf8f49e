/** A clock that was looked at every so often, ms, and was not for so long, ms: the computer slept. */
const LOOK_MS = 2000;
const SLEPT_MS = 10_000;

/**
 * Calls back when what a network carries may be another: the browser is online again, the page is looked at again, or the computer
 * has woken up, of which nothing tells but the clock. @returns a function that ends it
 */
export function whenWaking(wake: () => void): () => void {
  const seen = () => document.visibilityState === "visible" && wake();
  document.addEventListener("visibilitychange", seen);
  // Kept by the browser while another page was looked at, and shown again as it was.
  addEventListener("pageshow", seen);
  addEventListener("online", wake);
  let lookedMs = Date.now();
  const look = setInterval(() => {
    const sleptMs = Date.now() - lookedMs;
    lookedMs = Date.now();
    // A page out of sight is rarely let look at its clock.
    if (sleptMs > SLEPT_MS && document.visibilityState === "visible") wake();
  }, LOOK_MS);
  return () => {
    clearInterval(look);
    document.removeEventListener("visibilitychange", seen);
    removeEventListener("pageshow", seen);
    removeEventListener("online", wake);
  };
}
