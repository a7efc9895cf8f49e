import type { ResolvedSettings } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { DiskRoom, diskLeftS } from "./disk-room.ts";

const resolved = { estimate: { bytes_per_minute: 1e9 } } as ResolvedSettings;

function room(change: { diskFreeBytes?: (number | null)[]; recording?: { disk_free_bytes: number | null } | null }) {
  const [stream] = configurationWith({}).video;
  if (!stream) throw new Error("no stream");
  const { diskFreeBytes = [6e9, 6e9], recording = null } = change;
  const draft = { working: { video: [stream, stream] }, resolved: [resolved, resolved], diskFreeBytes };
  return new DiskRoom({ draft, shownStream: 0, recordingStats: recording });
}

test("streams that see the same free bytes fill the same disk", () => {
  expect(room({}).leftS).toBe(180);
  expect(room({ diskFreeBytes: [6e9, 8e9] }).leftS).toBe(360);
});

test("a recording knows better than the last look at the set-up", () => {
  expect(room({ recording: { disk_free_bytes: 2e9 } }).freeBytes).toBe(2e9);
  expect(room({ recording: { disk_free_bytes: null } }).freeBytes).toBe(6e9);
  expect(room({ diskFreeBytes: [] }).freeBytes).toBeNull();
});

test("the disk left as time", () => {
  expect(diskLeftS(6e9, 2e9)).toBe(180);
  expect(diskLeftS(null, 2e9)).toBeNull();
  expect(diskLeftS(6e9, 0)).toBeNull();
});
