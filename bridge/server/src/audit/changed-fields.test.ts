import { expect, test } from "vitest";

import { changedFields } from "./changed-fields.ts";

const stream = (settings: object) => ({ camera: { settings } });

test.each([
  [{ video: [stream({ exposure: 1 })] }, { video: [stream({ exposure: 1 })] }, ""],
  [
    { video: [stream({ exposure: 1, offset: [0, 0] })] },
    { video: [stream({ exposure: 2, offset: [0, 4] })] },
    "video[0].camera.settings.exposure, video[0].camera.settings.offset",
  ],
  [{ video: [stream({})] }, { video: [stream({}), stream({})] }, "video"],
  [{ video: [stream({ replay: { path: "/a" } })] }, { video: [stream({})] }, "video[0].camera.settings.replay"],
])("the fields that changed are named, not what stands in them", (before, after, fields) =>
  expect(changedFields(before, after)).toBe(fields),
);

test("many are counted", () => {
  const after = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`f${at}`, at]));
  expect(changedFields({}, after)).toMatch(/^f0, f1, .* and 28 more$/);
});
