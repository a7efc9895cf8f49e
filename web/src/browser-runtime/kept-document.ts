// The configuration of this browser's cameras, kept over reloads. A browser that keeps nothing begins anew.
import type { Configuration } from "@zarrcam/protocol";

const KEY = "zarrcam.browser-configuration";

/** As it was kept, which the core judges; null: nothing was. */
export function keptDocument(): unknown {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

export function keepDocument(configuration: Configuration): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(configuration));
  } catch {
    // As above.
  }
}
