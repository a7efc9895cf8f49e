import { expect, test } from "vitest";
import { RateHistory } from "./rate-history.ts";

test("the history begins at zero and keeps what is not measured as a gap", () => {
  const history = new RateHistory();
  history.add(0, 5000, { camera_fps: 14, stored_fps: null, shown_fps: null, queue_percent: 1, lost: 0 });
  history.add(0, 5250, { camera_fps: 15, stored_fps: 14, shown_fps: null, queue_percent: 2, lost: 0 });
  expect(history.columns(0)).toEqual([
    [0, 0.25],
    [14, 15],
    [null, 14],
    [null, null],
    [1, 2],
  ]);
});
