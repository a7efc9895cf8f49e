import type { BarredError, Barrier } from "../connection/bridge-access.ts";

/** Why nothing is seen of a rig. `lost`: it was there, and does not answer any more. */
export type Reason = Barrier | "unreachable" | "lost";

/** What stands between the page and a rig, and the way on. */
export interface OutOfReach {
  readonly reason: Reason;
  /** In sentences, with the way out. */
  readonly text: string;
  /** Where it is shown how its certificate is trusted. */
  readonly trustPage?: string;
}

/** As `passTo` says it, with the words of a tile's own buttons. */
export function barred({ barrier, message }: Pick<BarredError, "barrier" | "message">, origin: string): OutOfReach {
  const ask = "Press “Let the browser ask”, then Allow.";
  if (barrier === "unasked")
    return { reason: barrier, text: `The browser will ask whether this page may reach this camera computer. ${ask}` };
  if (barrier === "unanswered")
    return { reason: barrier, text: `The browser asked, and the question was closed. ${ask}` };
  const { protocol, host } = new URL(origin);
  // It is to be had without trust, over plain http at the same port.
  const trustPage = protocol === "https:" ? { trustPage: `http://${host}/trust` } : {};
  return { reason: barrier, text: message, ...trustPage };
}

/** In two or three words, for people who look at many tiles. */
export function reasonLabel(reason: Reason): string {
  switch (reason) {
    case "unasked":
    case "unanswered":
      return "Browser not asked";
    case "denied":
      return "Not allowed by the browser";
    case "reader":
      return "May not connect";
    case "unpaired":
      return "Not paired";
    case "silent":
    case "unreachable":
      return "Unreachable";
    case "lost":
      return "Connection lost";
  }
}

/** Whether a click of the user's makes the browser ask. */
export function mustBeAsked(reason: Reason): boolean {
  return reason === "unasked" || reason === "unanswered";
}
