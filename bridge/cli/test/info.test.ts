import type { DatasetInfo } from "@zarrcam/protocol";
import { expect, test } from "vitest";

import { endText } from "../src/commands/info.ts";

const ledger = { captured: 12, stored: 12, in_flight: 0, dropped_camera: 0, dropped_queue: 0, dropped_storage: 0 };

function text(end: DatasetInfo["end"], frame_limit: number | null, dropped = 0): string | null {
  const losses = { ...ledger, dropped, array_frames: 12 };
  return endText({ end, frame_limit, frames_stored: 12 - dropped, losses } as DatasetInfo);
}

test("how a run ended is one phrase", () => {
  expect(text({ kind: "complete", reason: null }, 12)).toBe("complete: 12 of 12");
  expect(text({ kind: "complete", reason: null }, null)).toBe("complete: 12 frames");
  expect(text({ kind: "complete", reason: null }, 12, 2)).toBe("incomplete: 10 of 12, 2 frames lost");
  expect(text({ kind: "failed", reason: "disk full" }, 100)).toBe("incomplete: 12 of 100, disk full");
  expect(text({ kind: "interrupted", reason: null }, 100)).toBe("incomplete: 12 of 100, interrupted by a crash");
  expect(text({ kind: "stopped", reason: null }, 100)).toBe("incomplete: 12 of 100, stopped by the user");
  expect(text({ kind: "stopped", reason: null }, null)).toBe("stopped by the user: 12 frames");
  expect(text(null, 100)).toBeNull();
});
