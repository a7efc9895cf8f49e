import type { RuntimeState } from "@zarrcam/protocol";

/** What the page calls the states, which are Acquire's. */
export function stateLabel(state: RuntimeState): string {
  switch (state) {
    case "Armed":
      return "Ready";
    case "AwaitingConfiguration":
      return "Needs set-up";
    case "Closed":
      return "Not connected";
    case "Previewing":
      return "Live, not saved";
    case "Measuring":
      return "Measuring speed";
    case "Running":
      return "Recording";
  }
}
