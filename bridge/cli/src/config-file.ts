import { constants } from "node:fs";
import { open } from "node:fs/promises";

import { ZarrcamError } from "@zarrcam/client/native";
import { type Configuration, duplicateKey } from "@zarrcam/protocol";

import { UsageError } from "./exit-codes.ts";
import { jsonFault } from "./json-fault.ts";
import { say } from "./output.ts";
import { pathArgument } from "./path-argument.ts";

/** Given instead of a path: the document is read from standard input. */
export const STANDARD_INPUT = "-";

/** The document of a file, or of standard input; the core judges what is in it. */
export async function readConfiguration(path: string): Promise<Configuration> {
  const name = path === STANDARD_INPUT ? "standard input" : path;
  const text = asText(name, await (path === STANDARD_INPUT ? readStandardInput() : readRegularFile(path)));
  const configuration = asJson(name, text);
  const twice = duplicateKey(text);
  if (twice !== null) {
    const message = `${name}: ${JSON.stringify(twice)} is given twice, and only one can count: leave one out.`;
    throw new ZarrcamError("invalid_configuration", message, { path: twice });
  }
  return configuration;
}

function asJson(name: string, text: string): Configuration {
  try {
    return JSON.parse(text) as Configuration;
  } catch (cause) {
    const { line, column, message } = jsonFault(text);
    const where = `${name} is not JSON: line ${line}, column ${column}`;
    throw new ZarrcamError("invalid_configuration", `${where}: ${message}`, { cause });
  }
}

/** UTF-8, with or without its mark; what an editor of Windows writes as UTF-16 is read as well. */
function asText(path: string, bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
  const noText = (cause?: unknown) =>
    new ZarrcamError("invalid_configuration", `${path} is no text: a configuration is a JSON file.`, { cause });
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (text.includes("\0")) throw noText();
    return text;
  } catch (cause) {
    throw cause instanceof ZarrcamError ? cause : noText(cause);
  }
}

/** A larger file is no configuration that a person or program wrote. */
const MOST_BYTES = 64 * 2 ** 20;

/** Reads standard input to its end, however long whoever writes it takes. */
async function readStandardInput(): Promise<Buffer> {
  if (process.stdin.isTTY) say("The configuration is read from standard input; Ctrl-D ends it.");
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MOST_BYTES) throw refusal("standard input", TOO_LARGE);
  }
  return Buffer.concat(parts);
}

const TOO_LARGE = "it is larger than any configuration";

function refusal(name: string, why: string, cause?: unknown): ZarrcamError {
  return new ZarrcamError("not_found", `${name}: ${why}.`, { cause });
}

/** Reads a file and waits for nobody: a pipe that no one writes into, and a device without an end, are refused by what they are. */
async function readRegularFile(path: string): Promise<Buffer> {
  const refuse = (why: string, cause?: unknown) => refusal(path, why, cause);
  let file;
  try {
    file = await open(pathArgument(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
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
      const way = stat.isDirectory()
        ? "`zarrcam info` says what is in a dataset"
        : "save the configuration in a file, or give - as its name and the text on standard input";
      throw refuse(`it is ${what}, no file; ${way}`);
    }
    if (stat.size > MOST_BYTES) throw refuse(TOO_LARGE);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
