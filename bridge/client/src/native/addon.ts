import { createRequire } from "node:module";

import type { Problem } from "@zarrcam/protocol";

import type * as addon from "../../../../native/node/index.d.ts";
import { ZarrcamError, errorFromData } from "../errors.ts";

/** The addon's classes; `native/node/index.d.ts` is their specification. */
type Addon = typeof addon;
export type AddonRuntime = addon.NativeRuntime;

const ADDON_PATH = "../../../../native/node/zarrcam.node";

/** The one place that loads native code. */
export function loadAddon(): Addon {
  try {
    return createRequire(import.meta.url)(ADDON_PATH) as Addon;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "MODULE_NOT_FOUND" ? "`npm start` builds it." : message;
    throw new ZarrcamError("internal", `The native core cannot be loaded: ${why}`, { cause });
  }
}

interface CoreError {
  code: string;
  message: string;
  path: string | null;
  problems: Problem[];
}

/** Every error of the addon has JSON as its message: `{code, message, path, problems}`. */
export function fromAddonError(error: unknown): ZarrcamError {
  if (error instanceof ZarrcamError) return error;
  const text = error instanceof Error ? error.message : String(error);
  try {
    const { code, message, path, problems } = JSON.parse(text) as CoreError;
    return errorFromData(code, message, { path: path ?? undefined, problems });
  } catch {
    // Not the core's own: napi's, for an argument of the wrong type, say.
    return new ZarrcamError("internal", text, { cause: error });
  }
}
