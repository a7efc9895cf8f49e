// Multicast DNS between hosts that exist in this machine alone.
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Hosts, lackOfNamespaces } from "./network-namespaces.ts";

const PROGRAM = fileURLToPath(new URL("../../../native/dist/zarrcam-discovery", import.meta.url));
const NETWORK = fileURLToPath(new URL("multicast.mjs", import.meta.url));
const lack = lackOfNamespaces();

interface Found {
  rigs: { name: string; host: string; addresses: string[]; port: number; scheme: string; version: string }[];
  more: boolean;
}

let hosts: Hosts;

function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string }> {
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout })));
}

async function browse(host: string, address: string, waitMs = 2000): Promise<Found> {
  const child = hosts.spawn(host, [PROGRAM, "browse"]);
  const answer = ended(child);
  child.stdin?.write(`${JSON.stringify({ addresses: [address], wait_ms: waitMs })}\n`);
  return JSON.parse((await answer).stdout) as Found;
}

async function announce(host: string, name: string, addresses: string[], port = 8421): Promise<ChildProcess> {
  const child = hosts.spawn(host, [PROGRAM, "announce"]);
  const announced = { name, host, port, scheme: "https", version: "0.1.0", addresses };
  child.stdin?.write(`${JSON.stringify(announced)}\n`);
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  return child;
}

async function goodbye(child: ChildProcess): Promise<void> {
  const gone = ended(child);
  child.stdin?.end();
  expect((await gone).code).toBe(0);
}

/** The most memory that a process has had, bytes; 0: it has ended. */
function peakBytes(pid: number): number {
  try {
    const [, kb = "0"] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kb) * 1024;
  } catch {
    return 0;
  }
}

describe.skipIf(lack !== null)(`in namespaces${lack === null ? "" : ` (${lack})`}`, () => {
  beforeAll(async () => {
    hosts = new Hosts("found");
    await hosts.link(["scope", "lab0", "10.77.1.1/24"], ["desk", "lab0", "10.77.1.2/24"]);
    await hosts.link(["scope", "office0", "10.77.2.1/24"], ["office", "lab0", "10.77.2.2/24"]);
  });
  afterAll(() => hosts[Symbol.asyncDispose]());

  test("one host announces, the other finds it, and an interface that was not chosen stays silent", async () => {
    const heard = hosts.spawn("office", [process.execPath, NETWORK, "listen", "10.77.2.2", "6000"]);
    const log = ended(heard);
    await new Promise((resolve) => heard.stdout?.once("data", resolve));
    const announcing = await announce("scope", "Light sheet <b>2</b>", ["10.77.1.1"]);
    const found = {
      name: "Light sheet <b>2</b>",
      host: "scope",
      addresses: ["10.77.1.1"],
      port: 8421,
      scheme: "https",
      version: "0.1.0",
    };
    const desk = () => browse("desk", "10.77.1.2");
    const [office] = await Promise.all([
      browse("office", "10.77.2.2"),
      expect.poll(desk, { timeout: 25_000 }).toEqual({ rigs: [found], more: false }),
    ]);
    expect(office).toEqual({ rigs: [], more: false });
    await goodbye(announcing);
    expect(await desk()).toEqual({ rigs: [], more: false });
    // What came at all was the question of the office itself.
    const senders = new Set((await log).stdout.split("\n").filter((line) => line.startsWith("from ")));
    expect([...senders].filter((line) => line !== "from 10.77.2.2")).toEqual([]);
  });

  test("two of one name are told apart, and both are found", async () => {
    const both = await Promise.all([
      announce("scope", "Rig", ["10.77.1.1"]),
      announce("scope", "Rig", ["10.77.1.1"], 8422),
    ]);
    const ports = async () => (await browse("desk", "10.77.1.2")).rigs.map(({ port }) => port).sort();
    await expect.poll(ports, { timeout: 25_000 }).toEqual([8421, 8422]);
    await Promise.all(both.map(goodbye));
  });

  test(
    "a million records of strangers cost bounded memory, and nobody believes them",
    { timeout: 120_000 },
    async () => {
      const announcing = await announce("scope", "Light sheet", ["10.77.1.1"]);
      const flood = ended(hosts.spawn("desk", [process.execPath, NETWORK, "flood", "10.77.1.2", "1000000"]));
      const looking = hosts.spawn("scope", [PROGRAM, "browse"]);
      const answer = ended(looking);
      looking.stdin?.write(`${JSON.stringify({ addresses: ["10.77.1.1"], wait_ms: 2000 })}\n`);
      let peak = 0;
      const watching = setInterval(() => {
        for (const child of [announcing, looking]) peak = Math.max(peak, peakBytes(child.pid ?? 0));
      }, 20);
      const { code, stdout } = await answer;
      expect((await flood).stdout).toContain("sent 1000000");
      clearInterval(watching);
      // Either it was ended by its own bound, or it tells a few, and that there are more.
      if (code === 0) {
        const { rigs, more } = JSON.parse(stdout) as Found;
        expect([rigs.length <= 64, more]).toEqual([true, true]);
        for (const { addresses } of rigs) expect(addresses.every((address) => address.startsWith("10."))).toBe(true);
      }
      expect(peak).toBeGreaterThan(0);
      expect(peak).toBeLessThan(80e6);
      announcing.kill("SIGKILL");
    },
  );
});
