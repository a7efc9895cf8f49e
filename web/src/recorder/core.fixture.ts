// The core as the build leaves it, for tests and measurements in Node.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { Core } from "./core.ts";

const path = fileURLToPath(new URL("../../public/zarrcam.wasm", import.meta.url));

/** Where nothing compiles for the browser there is none. */
export const hasCore = existsSync(path);

export const coreBytes = (): Buffer => readFileSync(path);

/** Without a clang that makes wasm libzstd is left out; the core then holds the words with which its codecs are refused. */
export const hasZstd = hasCore && !coreBytes().includes("this build leaves it out");

export const loadCore = (): Promise<Core> => Core.load(coreBytes());
