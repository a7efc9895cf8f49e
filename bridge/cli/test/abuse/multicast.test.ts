// A flood of multicast on a bridge that looks for others: in a network of two hosts that exist in this machine alone.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import type { ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Ledger, RigSearch } from "@zarrcam/protocol";
import { describe, expect, test } from "vitest";

import { Hosts, lackOfNamespaces } from "../network-namespaces.ts";
import { recording } from "./victim.ts";

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const NETWORK = script("../multicast.mjs");
const RECORDER = script("recorder.mjs");
const BIN = script("../../bin/zarrcam.js");
const RECORDS = 400_000;
/** As `docs/network.md` states it for the process that listens; the bridge's own is that of a recording. */
const MOST_DISCOVERY_BYTES = 80e6;
const MOST_BRIDGE_MIB = 200;
const lack = lackOfNamespaces();

function output(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (part: string) => (text += part));
  return new Promise((resolve) => child.once("close", () => resolve(text)));
}

function bytesOf(pid: number, what: "VmRSS" | "VmHWM"): number {
  const [, kB = "0"] =
    new RegExp(`^${what}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kB) * 1024;
}
/** The most that each process of multicast has had, which a bridge has started; what is being started is its parent still. */
async function discoveryBytesOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text
    .trim()
    .split(/\s+/)
    .flatMap((child) => {
      try {
        const isStarted = readFileSync(`/proc/${child}/comm`, "utf8").startsWith("zarrcam-disc");
        return isStarted ? [bytesOf(Number(child), "VmHWM")] : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

describe.skipIf(lack !== null)(`multicast, in namespaces${lack === null ? "" : ` (${lack})`}`, () => {
  test(
    "a flood costs the recording beside it no frame, and no memory beyond its bound",
    { timeout: 120_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "zarrcam-flooded-"));
      await using hosts = new Hosts("flood");
      await hosts.link(["scope", "lab0", "10.78.1.1/24"], ["desk", "lab0", "10.78.1.2/24"]);
      const places = ["--data", join(folder, "data"), "--state", join(folder, "state")];
      const serve = [process.execPath, BIN, "serve", "--lan", "--interface", "lab0", "--port", "8421", ...places];
      const bridge = hosts.spawn("scope", serve);
      bridge.stderr?.resume();
      await new Promise<void>((resolve, reject) => {
        bridge.stdout?.on("data", (text: Buffer) => text.includes("is ready") && resolve());
        bridge.once("exit", (code) => reject(new Error(`the bridge ended with ${code}`)));
      });
      // `ip netns exec` becomes the program.
      const pid = bridge.pid ?? 0;
      const recorder = hosts.spawn("scope", [process.execPath, RECORDER, "8421"]);
      const told = output(recorder);
      const configuration = recording("flooded.zarr", "empty", "ZarrV3Blosc1Lz4ByteShuffle", 2 ** 53);
      recorder.stdin?.write(`${JSON.stringify(configuration)}\n`);
      await new Promise((resolve) => recorder.stdout?.once("data", resolve));
      const before = bytesOf(pid, "VmRSS");
      let [most, mostOfDiscovery, processes] = [0, 0, 0];
      const watching = setInterval(() => {
        most = Math.max(most, bytesOf(pid, "VmRSS"));
        void discoveryBytesOf(pid).then((each) => {
          processes = Math.max(processes, each.length);
          mostOfDiscovery = Math.max(mostOfDiscovery, ...each);
        });
      }, 20);
      const flood = output(hosts.spawn("desk", [process.execPath, NETWORK, "flood", "10.78.1.2", String(RECORDS)]));
      expect(await flood).toContain(`sent ${RECORDS}`);
      clearInterval(watching);
      recorder.stdin?.end();
      const { ledger, searches } = JSON.parse((await told).split("\n").at(-2) ?? "") as {
        ledger: Ledger;
        searches: RigSearch[];
      };
      const grownMiB = (most - before) / (1 << 20);
      console.log(
        `multicast flood: ${ledger.stored} frames stored, bridge +${grownMiB.toFixed(0)} MiB, zarrcam-discovery ${(mostOfDiscovery / 1e6).toFixed(0)} MB at most, ${searches.length} searches`,
      );
      expect(ledger.stored).toBeGreaterThan(10);
      expect(ledger).toMatchObject({ dropped: 0, in_flight: 0, stored: ledger.captured });
      expect(grownMiB).toBeLessThan(MOST_BRIDGE_MIB);
      // It announces, and looks for others: both were there.
      expect(processes).toBeGreaterThan(1);
      expect(mostOfDiscovery).toBeLessThan(MOST_DISCOVERY_BYTES);
      for (const { rigs } of searches) {
        expect(rigs.length).toBeLessThanOrEqual(64);
        for (const { origins } of rigs) for (const origin of origins) expect(origin).toMatch(/^https?:\/\/10\./);
      }
      bridge.kill("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  );
});
