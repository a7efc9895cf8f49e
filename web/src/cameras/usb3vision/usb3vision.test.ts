import { describe, expect, test, vi } from "vitest";

import { FrameMemory } from "./frame-memory.ts";
import { TransferStream } from "./frame-stream.ts";
import { LINK_FAILED, LINK_GONE, LINK_STALLED, LINK_TIMED_OUT, type CameraModule } from "./module.ts";
import { labelOf, nameOf } from "./names.ts";
import { openRefusal, requestRefusal, usbHelp, usbLack } from "./refusals.ts";
import { DeviceLink } from "./usb-link.ts";
import { type UsbDevice, type UsbInResult, endpointsOf } from "./web-usb.ts";

const bulk = (endpointNumber: number, direction: "in" | "out") => ({
  ...{ endpointNumber, direction, type: "bulk" as const, packetSize: 1024 },
});
const face = (interfaceNumber: number, interfaceProtocol: number, endpoints: ReturnType<typeof bulk>[]) => ({
  interfaceNumber,
  alternate: { interfaceClass: 0xef, interfaceSubclass: 5, interfaceProtocol, endpoints },
});

function deviceOf(more: Partial<UsbDevice> = {}): UsbDevice {
  const done = () => Promise.resolve();
  return {
    ...{ opened: true, vendorId: 1, configurations: [{ configurationValue: 1 }] },
    ...{ open: done, close: done, selectConfiguration: done, claimInterface: done, releaseInterface: done },
    ...{ clearHalt: done, transferOut: () => Promise.resolve({ status: "ok", bytesWritten: 1 }) },
    transferIn: () => new Promise<UsbInResult>(() => undefined),
    configuration: { interfaces: [face(4, 0, [bulk(3, "in"), bulk(2, "out")]), face(5, 2, [bulk(6, "in")])] },
    ...more,
  };
}

describe("a camera's descriptors", () => {
  test("say where its commands and its frames go, whatever numbers it took", () => {
    expect(endpointsOf(deviceOf())).toEqual({
      control: { number: 4, in: 3, out: 2 },
      stream: { number: 5, in: 6, packetBytes: 1024 },
    });
    expect(endpointsOf(deviceOf({ configuration: { interfaces: [face(0, 0, [bulk(1, "in")])] } }))).toBeNull();
    expect(endpointsOf(deviceOf({ configuration: null }))).toBeNull();
  });

  test("name it, its maker once, which of its make it is at the end", () => {
    const named = (manufacturerName: string | null, productName: string | null, serialNumber: string | null) =>
      nameOf(deviceOf({ manufacturerName, productName, serialNumber }));
    expect(named("Basler", "daA1280", "40012")).toBe("usb3vision: Basler daA1280 40012");
    expect(named("Basler", "Basler ace", null)).toBe("usb3vision: Basler ace");
    expect(named(null, "Cam\u0000era\n", " 7 ")).toBe("usb3vision: Camera 7");
    expect(labelOf(deviceOf())).toBe("camera");
  });
});

describe("what a browser or a system lacks", () => {
  test("is said with the way out", () => {
    expect(usbLack({ isSecureContext: false, navigator: {} })).toContain("by https");
    expect(usbLack({ isSecureContext: true, navigator: {} })).toContain("Take Chromium");
    // Node 20 has no JavaScript Promise Integration.
    if (!("Suspending" in WebAssembly))
      expect(usbLack({ isSecureContext: true, navigator: { usb: {} } })).toContain("137 or newer");
    const refused = (name: string, agent: string) => openRefusal("The camera", new DOMException("no", name), agent);
    expect(refused("SecurityError", "X11; Linux x86_64")).toContain('TAG+="uaccess"');
    expect(refused("SecurityError", "Windows NT 10.0")).toMatch(/WinUSB.*to undo it/);
    expect(refused("NetworkError", "X11; Linux x86_64")).toContain("Another program, another tab");
    expect(refused("NotFoundError", "")).toContain("is gone");
    expect(usbHelp().find(({ line }) => line)?.line).toContain("ef05");
    expect(requestRefusal(new DOMException("No device selected.", "NotFoundError"))).toBeNull();
    expect(requestRefusal(new DOMException("blocked", "SecurityError"))).toContain("Allow USB devices");
  });
});

describe("transfers", () => {
  function rig() {
    const asked: ((result: UsbInResult) => void)[] = [];
    const refused: ((error: Error) => void)[] = [];
    const clearHalt = vi.fn(() => Promise.resolve());
    const device = deviceOf({
      clearHalt,
      transferIn: vi.fn(
        () => new Promise<UsbInResult>((resolve, reject) => (asked.push(resolve), refused.push(reject))),
      ),
    });
    const told = { frame: vi.fn(), failing: vi.fn(), gone: vi.fn() };
    const arrived = vi.fn((data: DataView | null) => data?.byteLength === 9);
    const module = { nextTransfer: () => 1 << 20, arrived } as unknown as CameraModule;
    const stream = new TransferStream(device, 6, module, told);
    return { asked, refused, device, clearHalt, told, arrived, stream, done: stream.run() };
  }
  const bytes = (length: number): UsbInResult => ({ status: "ok", data: new DataView(new ArrayBuffer(length)) });
  const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

  test("as many are in flight as Linux has memory for, and each that came back is followed by another", async () => {
    const { asked, told, stream, done } = rig();
    expect(asked.length).toBe(12);
    asked[0]?.(bytes(5));
    asked[1]?.(bytes(9));
    await settled();
    expect([asked.length, told.frame.mock.calls.length]).toEqual([14, 1]);
    stream.end();
    for (const answer of asked) answer(bytes(5));
    await done;
    expect(asked.length).toBe(14);
  });

  test("an endpoint that stalled is cleared once, for all that were under way", async () => {
    const { asked, clearHalt, arrived, told, stream } = rig();
    for (const answer of [...asked]) answer({ status: "stall" });
    await settled();
    expect(clearHalt).toHaveBeenCalledTimes(1);
    expect(arrived.mock.calls.filter(([data]) => data === null).length).toBe(12);
    for (let more = 0; more < 64; more++) {
      for (const answer of [...asked]) answer({ status: "stall" });
      await settled();
    }
    expect(told.failing).toHaveBeenCalledTimes(1);
    stream.end();
  });

  test("a camera that was closed by the browser is gone", async () => {
    const { refused, device, told } = rig();
    Object.assign(device, { opened: false });
    for (const refuse of refused) refuse(new DOMException("The device was disconnected.", "NetworkError"));
    await settled();
    expect(told.gone).toHaveBeenCalledTimes(1);
    expect(told.failing).not.toHaveBeenCalled();
  });
});

describe("commands", () => {
  const endpoints = { control: { number: 0, in: 1, out: 1 }, stream: { number: 1, in: 2, packetBytes: 1024 } };

  test("an answer that is late is kept for who asks next", async () => {
    let answer: (result: UsbInResult) => void = () => undefined;
    const transferIn = vi.fn(() => new Promise<UsbInResult>((resolve) => (answer = resolve)));
    const link = new DeviceLink(deviceOf({ transferIn }), endpoints);
    expect(await link.read(1, 64, 1)).toBe(LINK_TIMED_OUT);
    answer({ status: "ok", data: new DataView(Uint8Array.of(1, 2, 3).buffer) });
    expect(await link.read(1, 64, 1000)).toEqual(Uint8Array.of(1, 2, 3));
    expect(transferIn).toHaveBeenCalledTimes(1);
  });

  test("what fails is told apart: stalled, failed, gone", async () => {
    const fails = () => Promise.reject(new DOMException("A transfer error has occurred.", "NetworkError"));
    const stalls = () => Promise.resolve({ status: "stall" as const });
    expect(await new DeviceLink(deviceOf({ transferIn: stalls }), endpoints).read(1, 64, 9)).toBe(LINK_STALLED);
    expect(await new DeviceLink(deviceOf({ transferIn: fails }), endpoints).read(1, 64, 9)).toBe(LINK_FAILED);
    const data = new Uint8Array(1);
    const gone = deviceOf({ opened: false, transferOut: fails });
    expect(await new DeviceLink(gone, endpoints).write(1, data)).toBe(LINK_GONE);
  });
});

test("memory of frames goes round, and there is no more than that", () => {
  const memory = new FrameMemory(40e6);
  const taken = Array.from({ length: 9 }, () => memory.take());
  expect(taken.filter((one) => one !== null).length).toBe(8);
  memory.giveBack(new ArrayBuffer(5));
  expect(memory.take()).toBeNull();
  const [first] = taken;
  if (first) memory.giveBack(first);
  expect(memory.take()).toBe(first);
});
