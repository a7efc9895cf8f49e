import { constants } from "node:fs";
import { open } from "node:fs/promises";

import { ZarrcamError } from "@zarrcam/client/native";
import type { Configuration } from "@zarrcam/protocol";

/** The document of a file; the core judges what is in it. */
export async function readConfiguration(path: string): Promise<Configuration> {
  const text = await readPlainFile(path);
  try {
    return JSON.parse(text) as Configuration;
  } catch (cause) {
    throw new ZarrcamError("invalid_configuration", `${path} is not JSON: ${(cause as Error).message}.`, { cause });
  }
}

/** A document of more is none that a person or program wrote. */
const MOST_BYTES = 64 * 2 ** 20;

/** Waits for nobody: a pipe that no one writes into, and a device without an end, are refused by what they are. */
async function readPlainFile(path: string): Promise<string> {
  const refuse = (why: string, cause?: unknown) => new ZarrcamError("not_found", `${path}: ${why}.`, { cause });
  let file;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const known: Record<string, string> = {
      ENOENT: "there is no such file",
      EACCES: "this user may not read it",
      ENOTDIR: "a part of its path is a file, no folder",
      ENXIO: "it is a socket or a device, no file",
    };
    throw refuse(known[code ?? ""] ?? message, cause);
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) {
      const what = stat.isDirectory() ? "a folder" : stat.isFIFO() ? "a pipe" : "a device";
      throw refuse(`it is ${what}, no file; save the configuration in a file first`);
    }
    if (stat.size > MOST_BYTES) throw refuse("it is larger than any configuration");
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
