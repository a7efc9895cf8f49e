import { readFile } from "node:fs/promises";

import { ZarrcamError } from "@zarrcam/client/native";
import type { Configuration } from "@zarrcam/protocol";

/** The document of a file; the core judges what is in it. */
export async function readConfiguration(path: string): Promise<Configuration> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : message;
    throw new ZarrcamError("not_found", `${path}: ${why}.`, { cause });
  }
  try {
    return JSON.parse(text) as Configuration;
  } catch (cause) {
    throw new ZarrcamError("invalid_configuration", `${path} is not JSON: ${(cause as Error).message}.`, { cause });
  }
}
