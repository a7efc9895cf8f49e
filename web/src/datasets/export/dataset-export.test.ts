import { beforeEach, describe, expect, test, vi } from "vitest";
import type { PlacedDataset } from "../placed-dataset.ts";
import { type ArchiveFile, archiveName, likelyKind } from "./archive-file.ts";
import { DatasetExport } from "./dataset-export.svelte.ts";
import type { FromExport, ToExport } from "./messages.ts";

const dataset = {
  name: "day 1/out.zarr",
  place: "bridge",
  kind: "zarr3",
  state: "closed",
  shards: [1, 2, 2],
  levels: [{ path: "0" }],
} as unknown as PlacedDataset;
const plan = { kind: "ozx", why: null, comment: "" } as const;

class FakeWorker {
  onmessage: ((event: MessageEvent<FromExport>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly sent: ToExport[] = [];
  ended = false;
  postMessage(message: ToExport): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  tell(data: FromExport): void {
    this.onmessage?.({ data } as MessageEvent<FromExport>);
  }
}

function page() {
  const calls: string[] = [];
  const worker = new FakeWorker();
  const port = {
    computer: { isConnected: true, isRecording: false },
    isRecording: false,
    info: dataset as PlacedDataset | null,
    getDatasetInfo: () => Promise.resolve(port.info),
    say: (text: string) => void calls.push(text),
  };
  const file: ArchiveFile = {
    handle: { name: "handle" } as FileSystemFileHandle,
    name: "out.ozx",
    finish: () => Promise.resolve(void calls.push("finish")),
    discard: () => Promise.resolve(void calls.push("discard")),
  };
  const choose = vi.fn(() => Promise.resolve<ArchiveFile | null>(file));
  const exports = new DatasetExport(port, choose, () => worker);
  const begun = () => vi.waitFor(() => expect(worker.sent).not.toEqual([]));
  return { calls, worker, port, choose, exports, begun };
}

let scene: ReturnType<typeof page>;
beforeEach(() => {
  vi.stubGlobal("location", { href: "http://127.0.0.1:8421/#x" });
  scene = page();
});

describe("an export", () => {
  test("goes into the chosen file, and tells how far it is and what came of it", async () => {
    const { calls, worker, exports, begun } = scene;
    const going = exports.start(dataset);
    await begun();
    expect(worker.sent).toEqual([
      {
        kind: "start",
        from: { url: "http://127.0.0.1:8421/data/day%201/out.zarr/" },
        file: { name: "handle" },
      },
    ]);
    const progress = { bytes: 5, totalBytes: 10, files: 1, totalFiles: 2 };
    worker.tell({ kind: "progress", progress });
    expect(exports.current).toEqual({
      key: "bridge day 1/out.zarr",
      name: "day 1/out.zarr",
      fileName: "out.ozx",
      progress,
      held: false,
    });
    expect(exports.refusal(dataset)).toContain("one after the other");
    worker.tell({ kind: "done", plan, bytes: 1234 });
    await going;
    expect(calls).toEqual(["finish", "day 1/out.zarr: Exported to out.ozx, 1.23 kB."]);
    expect([exports.current, worker.ended]).toEqual([null, true]);
  });

  test("that turns out to be no .ozx says why", async () => {
    const going = scene.exports.start(dataset);
    await scene.begun();
    scene.worker.tell({ kind: "done", plan: { kind: "zip", why: "Its chunks are files.", comment: "" }, bytes: 1 });
    await going;
    expect(scene.exports.outcome?.text).toBe("Exported to out.ozx, 1 B. It is no .ozx: Its chunks are files.");
  });

  test("waits while a recording has the disk", async () => {
    const { worker, port, exports, begun } = scene;
    const going = exports.start(dataset);
    await begun();
    port.isRecording = true;
    await vi.waitFor(() => expect(worker.sent.at(-1)).toEqual({ kind: "hold", on: true }));
    expect(exports.current?.held).toBe(true);
    port.isRecording = false;
    await vi.waitFor(() => expect(worker.sent.at(-1)).toEqual({ kind: "hold", on: false }));
    worker.tell({ kind: "done", plan, bytes: 1 });
    await going;
  });

  test("that is cancelled, or fails, leaves no file", async () => {
    const { calls, worker, exports, begun } = scene;
    const going = exports.start(dataset);
    await begun();
    exports.cancel();
    expect(worker.sent.at(-1)).toEqual({ kind: "cancel" });
    worker.tell({ kind: "failed", cancelled: true, message: "aborted" });
    await going;
    expect(calls).toEqual(["discard", "day 1/out.zarr: Export cancelled."]);
    expect(exports.outcome).toMatchObject({ failed: false });
  });

  test("is begun by nobody who closes the dialog", async () => {
    scene.choose.mockResolvedValue(null);
    await scene.exports.start(dataset);
    expect([scene.calls, scene.worker.sent, scene.exports.outcome]).toEqual([[], [], null]);
  });

  test("of what is being recorded by the time the file is chosen is refused", async () => {
    scene.port.info = { ...dataset, state: "open" };
    await scene.exports.start(dataset);
    expect(scene.calls[0]).toBe("discard");
    expect(scene.exports.outcome?.text).toContain("It is still being recorded");
  });
});

test("why a dataset cannot be exported is said", () => {
  const { exports, port } = scene;
  expect(exports.refusal({ state: "closed", place: "bridge" })).toBeNull();
  expect(exports.refusal({ state: "open", place: "bridge" })).toContain("still being recorded");
  expect(exports.refusal({ state: "needs_recovery", place: "bridge" })).toContain("Recover it first");
  port.isRecording = true;
  expect(exports.refusal({ state: "closed", place: "bridge" })).toContain("has the disk for itself");
  port.computer.isConnected = false;
  expect(exports.refusal({ state: "closed", place: "bridge" })).toContain("Not connected");
  port.isRecording = false;
  expect(exports.refusal({ state: "closed", place: "browser" })).toBeNull();
});

test.each([
  [{ kind: "zarr3", shards: [1], levels: [{ path: "0" }] }, "day/a.ome.zarr", "a.ozx"],
  [{ kind: "zarr3", shards: [1], levels: [{ path: "0" }] }, "a", "a.ozx"],
  [{ kind: "zarr3", shards: null, levels: [{ path: "0" }] }, "day/a.ome.zarr", "a.ome.zarr.zip"],
  [{ kind: "zarr3", shards: [1], levels: [{ path: "" }] }, "array.zarr", "array.zarr.zip"],
  [{ kind: "zarr2", shards: null, levels: [{ path: "0" }] }, "a.zarr", "a.zarr.zip"],
])("%j: %s is exported as %s", (info, name, expected) => {
  expect(archiveName(name, likelyKind(info as unknown as PlacedDataset))).toBe(expected);
});
