import type { Configuration } from "@zarrcam/protocol";
import { expect, it } from "vitest";

import { SettingsHistory } from "./settings-history.ts";

const empty = (): Configuration => ({ video: [] });
const [first, second, third] = [empty(), empty(), empty()];

it("tells what was set when a picture was taken, whatever the two clocks show", () => {
  // The camera computer's clock is an hour behind; messages take 5 to 40 ms.
  const hour = 3_600_000;
  const history = new SettingsHistory();
  expect([history.newest, history.at(5)]).toEqual([null, null]);
  history.takeClock(1000, 1000 + hour + 40);
  history.add(first, 1005 + hour);
  history.takeClock(2000, 2000 + hour + 5);
  history.add(second, 3005 + hour);
  history.add(third, 4005 + hour);
  expect(history.newest).toBe(third);
  const at = (hostMs: number | null) => [first, second, third].indexOf(history.at(hostMs) as Configuration) + 1;
  expect([500, 1500, 2970, 3000, 3900, 4000, 9000, null].map(at)).toEqual([1, 1, 1, 2, 2, 3, 3, 3]);
});

it("forgets the oldest of very many changes", () => {
  const history = new SettingsHistory();
  history.takeClock(0, 0);
  const all = Array.from({ length: 200 }, empty);
  all.forEach((one, at) => history.add(one, 1000 * at));
  expect(all.indexOf(history.at(0) as Configuration)).toBe(200 - 64);
  expect(all.indexOf(history.at(150_500) as Configuration)).toBe(150);
});
