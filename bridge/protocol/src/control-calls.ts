import { maxLength, minLength, pipe, strictObject, string } from "valibot";

import type { Role } from "./roles.ts";

/** Somebody who may have control: a paired device, a script's token, or everybody at the camera computer together. */
export interface Controller {
  /** `this_computer`: everybody at the camera computer. */
  id: string;
  name: string;
}

/** Who has control of the cameras. */
export interface ControlHolder extends Controller {
  since_unix_ms: number;
  /** When this controller was heard last, as of this message: a call that needs control, or `control.keep`. */
  active_unix_ms: number;
}

/** Who asks for control. */
export interface ControlRequest extends Controller {
  since_unix_ms: number;
}

/**
 * How control ended: `handed_over` by who had it, `released`; `taken` by an admin; `silence`: nothing was heard for
 * `CONTROL_SILENCE_MS`; `unanswered`: a request was not answered for `CONTROL_ANSWER_MS`; `revoked`: the right to it ended.
 */
export type ControlEnding = "handed_over" | "released" | "taken" | "silence" | "unanswered" | "revoked";

/** How control ended for who had it before. */
export interface ControlEnd extends Controller {
  unix_ms: number;
  how: ControlEnding;
  /** The name of who got it; null: nobody did. */
  to: string | null;
}

/** Who has control of cameras, configuration and run, who asks for it, and who could have it. */
export interface ControlState {
  /** The camera computer's clock when this was said. */
  unix_ms: number;
  /** Null: nobody; the next call that needs control takes it. */
  holder: ControlHolder | null;
  /** Oldest first. */
  requests: ControlRequest[];
  /** Who is connected and may have control. */
  controllers: Controller[];
  /** How it ended last; null: it never did since the bridge was started. */
  ended: ControlEnd | null;
}

/** After so long without a sign of who has control it is free again, ms. */
export const CONTROL_SILENCE_MS = 60_000;
/** After so long a request counts as agreed to where who has control did nothing with it meanwhile, ms. */
export const CONTROL_ANSWER_MS = 120_000;
/** How often a page in use says that it is there, ms: two may be late before control is gone. */
export const CONTROL_KEEP_EVERY_MS = 20_000;
/** How many may ask for control at the same time. */
export const MAX_CONTROL_REQUESTS = 16;

/** Calls about control itself. Each answers how it stands now. */
export interface ControlCalls {
  "control.request": { params: Record<string, never>; answer: ControlState };
  "control.hand_over": { params: { to: string }; answer: ControlState };
  "control.refuse": { params: { id: string }; answer: ControlState };
  "control.release": { params: Record<string, never>; answer: ControlState };
  "control.take": { params: Record<string, never>; answer: ControlState };
  "control.keep": { params: Record<string, never>; answer: ControlState };
}

const none = strictObject({});
const id = pipe(string(), minLength(1), maxLength(64));
/** Parameters of the methods above. */
export const controlParams = {
  "control.request": none,
  "control.hand_over": strictObject({ to: id }),
  "control.refuse": strictObject({ id }),
  "control.release": none,
  "control.take": none,
  "control.keep": none,
};

/** Calls of the role `control` that need no control: they end what somebody else has begun, or touch neither cameras nor set-up. */
const FREE: ReadonlySet<string> = new Set([
  "stop",
  "abort",
  "refresh_devices",
  "datasets.recover",
  "datasets.rename",
  "datasets.delete",
  "objectives.set",
  ...Object.keys(controlParams),
]);

/** Whether who calls a method must have control, which one at a time has. */
export function needsControl(method: string, role: Role): boolean {
  return role === "control" && !FREE.has(method);
}
