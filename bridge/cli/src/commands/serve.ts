import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { NativeRuntime } from "@zarrcam/client/native";
import { DEFAULT_PORT } from "@zarrcam/protocol";
import { type Bridge, recoverDatasets, startBridge } from "@zarrcam/server";

import { defineCommand, wholeNumber } from "../command.ts";
import { UsageError, exitCodes } from "../exit-codes.ts";
import { print, say } from "../output.ts";
import { pathArgument } from "../path-argument.ts";
import { defaultStateDir, prepareStateDir } from "../state-folder.ts";

const PAGE_DIR = fileURLToPath(new URL("../../../../web/dist", import.meta.url));
const PACKAGE = new URL("../../package.json", import.meta.url);

export const serve = defineCommand({
  name: "serve",
  summary: "Serves the page, the data folder and the control socket on this computer.",
  positionals: [],
  options: {
    port: { type: "string", default: String(DEFAULT_PORT) },
    data: { type: "string" },
    state: { type: "string" },
    host: { type: "string", default: "127.0.0.1" },
    "allow-origin": { type: "string", multiple: true, default: [] },
    "allow-control": { type: "string", multiple: true, default: [] },
  },
  optionHelp: {
    port: { value: "N", text: `default ${DEFAULT_PORT}; 0: any that is free` },
    data: { value: "DIR", text: "where datasets are made and read; default zarrcam-data in the home folder" },
    state: {
      value: "DIR",
      text: "where certificates, paired devices and the audit log are kept; default: the system's place",
    },
    host: {
      value: "NAME",
      text: "127.0.0.1 (default), ::1 or localhost; any other is refused, with what to do instead",
    },
    "allow-origin": { value: "ORIGIN", text: "a web page's origin that may read the data; may be given several times" },
    "allow-control": {
      value: "ORIGIN",
      text: "a web page's origin that may do all that the bridge's own page may: that of a zarrcam site, say",
    },
  },
  notes: "Ctrl-C ends a running acquisition, stores what was captured, and ends. The second Ctrl-C gives up.",
  run: async ({ port, data, state, host, "allow-origin": read, "allow-control": control }) => {
    const portNumber = wholeNumber(port, "port", 0, 65_535);
    const address = loopbackAddress(host, portNumber);
    const allowedOrigins = {
      read: read.map((text) => readOrigin("allow-origin", text)),
      control: control.map((text) => readOrigin("allow-control", text)),
    };
    const dataDir = resolve(data === undefined ? join(homedir(), "zarrcam-data") : pathArgument(data));
    await mkdir(dataDir, { recursive: true });
    const stateDir = await stateFolder(state, false);
    const { version } = JSON.parse(await readFile(PACKAGE, "utf8")) as { version: string };

    // Heard before anybody can record: a process that a signal ends leaves what was captured.
    const stopped = stopSignal();
    const runtime = new NativeRuntime({ dataDir, setUp: true });
    let bridge: Bridge;
    try {
      const pageDir = existsSync(join(PAGE_DIR, "index.html")) ? PAGE_DIR : null;
      if (!pageDir) say("The page is not built; `npm start` builds it. Data and control are served.");
      bridge = await startBridge({
        runtime,
        host: address,
        port: portNumber,
        pageDir,
        allowedOrigins,
        version,
        stateDir,
      });
    } catch (error) {
      await runtime.close();
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      say(
        `Port ${portNumber} is in use: another zarrcam may be running there. --port ${portNumber + 1} takes the next.`,
      );
      return exitCodes.failed;
    }
    say(`Data folder: ${dataDir}`);
    print(`zarrcam ${version} is ready: ${bridge.url}`);
    void recoverDatasets(runtime, (level, message) => {
      say(message);
      bridge.log(level, message);
    });

    await stopped;
    say("Ending; what was captured is being stored. Ctrl-C again gives up.");
    process.once("SIGINT", () => {
      void runtime.giveUp().finally(() => process.exit(exitCodes.failed));
    });
    await bridge.close();
    await runtime.close();
    return exitCodes.done;
  },
});

function loopbackAddress(host: string, port: number): "127.0.0.1" | "::1" {
  if (host === "127.0.0.1" || host === "localhost") return "127.0.0.1";
  if (host === "::1" || host === "[::1]") return "::1";
  throw new UsageError(
    `zarrcam serves this computer only: there is no access control yet, and whoever reached ${host} could run your cameras.\n` +
      `From another computer this works today:\n\n` +
      `  ssh -L ${port}:127.0.0.1:${port} ${process.env.USER ?? "USER"}@THIS-COMPUTER\n\n` +
      `then open http://127.0.0.1:${port} there.`,
  );
}

/** Without other computers nothing that is kept there is needed: the bridge starts as well without. */
async function stateFolder(state: string | undefined, needed: boolean): Promise<string | null> {
  const folder = state === undefined ? defaultStateDir() : resolve(pathArgument(state));
  try {
    await prepareStateDir(folder);
    return folder;
  } catch (error) {
    if (needed || state !== undefined) throw error;
    say((error as Error).message);
    return null;
  }
}

function readOrigin(option: string, text: string): string {
  let origin: string | undefined;
  try {
    origin = new URL(text).origin;
  } catch {
    // Said below.
  }
  if (origin === undefined || origin === "null" || origin !== text.replace(/\/$/, "").toLowerCase()) {
    throw new UsageError(`--${option} takes an origin, "https://viewer.example" say, not ${JSON.stringify(text)}.`);
  }
  return origin;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
