import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { NativeRuntime } from "@zarrcam/client/native";
import { DEFAULT_PORT } from "@zarrcam/protocol";
import { type Bridge, type Reach, recoverDatasets, rigInNetwork, startBridge } from "@zarrcam/server";

import { cameraInterfaceHelp } from "../camera-interfaces.ts";
import { defineCommand, wholeNumber } from "../command.ts";
import { UsageError, exitCodes } from "../exit-codes.ts";
import { wayIn } from "../first-invitation.ts";
import { lanOptions } from "../lan-arguments.ts";
import { print, say } from "../output.ts";
import { pathArgument } from "../path-argument.ts";
import { readRigName } from "../rig-name.ts";
import { defaultStateDir, prepareStateDir } from "../state-folder.ts";
import { StateLock } from "../state-lock.ts";

const PAGE_DIR = fileURLToPath(new URL("../../../../web/dist", import.meta.url));
const PACKAGE = new URL("../../package.json", import.meta.url);

export const serve = defineCommand({
  name: "serve",
  summary: "Serves the page, the data folder and the control socket on this computer, and with --lan to others.",
  positionals: [],
  options: {
    port: { type: "string", default: String(DEFAULT_PORT) },
    data: { type: "string" },
    state: { type: "string" },
    host: { type: "string", default: "127.0.0.1" },
    lan: { type: "boolean" },
    interface: { type: "string", multiple: true, default: [] },
    name: { type: "string", multiple: true, default: [] },
    cert: { type: "string" },
    key: { type: "string" },
    insecure: { type: "boolean" },
    "allow-origin": { type: "string", multiple: true, default: [] },
    "allow-control": { type: "string", multiple: true, default: [] },
    "rig-name": { type: "string" },
    "no-announce": { type: "boolean", default: false },
    discover: { type: "boolean", default: false },
    "camera-interface": { type: "string", multiple: true, default: [] },
    "until-stdin-ends": { type: "boolean", default: false },
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
    lan: { text: "other computers of the network may reach the bridge, too: by https, once they are paired" },
    interface: { value: "NAME", text: "with --lan: only by this network interface; may be given several times" },
    name: {
      value: "HOSTNAME",
      text: "with --lan: a name of this computer besides its own; may be given several times",
    },
    cert: {
      value: "FILE",
      text: "with --lan: a certificate (PEM, with its chain) instead of one that is made here; read again when renewed",
    },
    key: { value: "FILE", text: "the key of --cert (PEM)" },
    insecure: { text: "with --lan: plain http, which everybody in the network reads along and can change" },
    "allow-origin": { value: "ORIGIN", text: "a web page's origin that may read the data; may be given several times" },
    "allow-control": {
      value: "ORIGIN",
      text: "a web page's origin that may do all that the bridge's own page may: that of a zarrcam site, say",
    },
    "rig-name": { value: "NAME", text: "what people call this camera computer; default its host name" },
    "no-announce": { text: "tell nobody in the local network that this bridge is there, though others may reach it" },
    discover: { text: "look for other camera computers in the local network when a page asks" },
    "camera-interface": cameraInterfaceHelp,
    "until-stdin-ends": { text: "end as by Ctrl-C when standard input ends: for a program that starts its own bridge" },
  },
  notes: "Ctrl-C ends a running acquisition, stores what was captured, and ends. The second Ctrl-C gives up.",
  run: async ({
    port,
    data,
    state,
    host,
    "allow-origin": read,
    "allow-control": control,
    "rig-name": givenName,
    "no-announce": quiet,
    discover,
    "camera-interface": cameraInterfaces,
    "until-stdin-ends": untilInputEnds,
    ...others
  }) => {
    const portNumber = wholeNumber(port, "port", 0, 65_535);
    const address = loopbackAddress(host, portNumber);
    const lan = lanOptions(others);
    const allowedOrigins = {
      read: read.map((text) => readOrigin("allow-origin", text)),
      control: control.map((text) => readOrigin("allow-control", text)),
    };
    const rigName = readRigName(givenName);
    const dataDir = resolve(data === undefined ? join(homedir(), "zarrcam-data") : pathArgument(data));
    await mkdir(dataDir, { recursive: true });
    const stateDir = await stateFolder(state, lan !== null);
    // A bridge of this computer alone keeps nothing there that another could spoil.
    const lock = lan && stateDir !== null ? await StateLock.take(stateDir) : null;
    const { version } = JSON.parse(await readFile(PACKAGE, "utf8")) as { version: string };

    // Heard before anybody can record: a process that a signal ends leaves what was captured.
    const stopped = stopSignal(untilInputEnds);
    const runtime = new NativeRuntime({ dataDir, setUp: true, cameraInterfaces });
    const rig = rigInNetwork({ name: rigName, version, announce: !quiet, discover, interfaces: lan?.interfaces ?? [] });
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
        lan,
        rig,
        report: (_level, message) => say(message),
      });
    } catch (error) {
      await runtime.close();
      await lock?.release();
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      say(
        `Port ${portNumber} is in use: another zarrcam may be running there. --port ${portNumber + 1} takes the next.`,
      );
      return exitCodes.failed;
    }
    say(`Data folder: ${dataDir}`);
    print(`zarrcam ${version} is ready: ${bridge.url}`);
    if (bridge.lan) say(reachText(bridge.lan));
    // Without encryption nobody is let in by a link.
    if (bridge.lan?.fingerprint) void wayIn(`${bridge.url.replace("http", "ws")}ws`, process.stderr).then(say, say);
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
    await lock?.release();
    return exitCodes.done;
  },
});

function loopbackAddress(host: string, port: number): "127.0.0.1" | "::1" {
  if (host === "127.0.0.1" || host === "localhost") return "127.0.0.1";
  if (host === "::1" || host === "[::1]") return "::1";
  throw new UsageError(
    `--host is for this computer alone, which needs no password; ${host} would open that to others.\n` +
      `Other computers come in by https, once they are paired:\n\n` +
      `  zarrcam serve --lan${port === DEFAULT_PORT ? "" : ` --port ${port}`}\n\n` +
      `--interface says by which network, --name by which name.`,
  );
}

/** Without --lan nothing that is kept there is needed: the bridge starts as well without. */
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

function reachText({ urls, fingerprint }: Reach): string {
  const pairs = fingerprint && Buffer.from(fingerprint, "base64url").toString("hex").toUpperCase().match(/../g);
  return [
    urls.length > 0
      ? `For other computers:\n${urls.map((url) => `  ${url}`).join("\n")}`
      : "This computer has no address in a network yet; other computers reach it as soon as it has one.",
    ...(pairs
      ? [
          `Fingerprint of its certificate (SHA-256), to be compared on the trust page:\n  ${pairs.join(":")}`,
          ...urls
            .slice(0, 1)
            .map((url) => `The first time on another computer: ${url.replace("https:", "http:")}trust`),
        ]
      : []),
  ].join("\n");
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

function stopSignal(untilInputEnds: boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      // It would keep the process waiting.
      if (untilInputEnds) process.stdin.destroy();
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    // Whoever started it holds the other end of the pipe, which closes with him however he ends.
    if (untilInputEnds) process.stdin.on("end", stop).on("error", stop).resume();
  });
}
