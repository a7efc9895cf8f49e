import { whenWaking } from "../ui/waking.ts";
import type { ViewClient } from "./live/view-client.ts";

/** Tells the view worker whether the page is in sight, and when what was not there may be. @returns a function that ends it */
export function watchSight(client: Pick<ViewClient, "send">, seenAgain: () => void): () => void {
  const seen = () => {
    client.send({ kind: "visible", visible: document.visibilityState === "visible" });
    seenAgain();
  };
  document.addEventListener("visibilitychange", seen);
  // Kept by the browser while another page was looked at, and shown again as it was.
  addEventListener("pageshow", seen);
  const asleep = whenWaking(() => client.send({ kind: "wake" }));
  seen();
  return () => {
    asleep();
    document.removeEventListener("visibilitychange", seen);
    removeEventListener("pageshow", seen);
  };
}
