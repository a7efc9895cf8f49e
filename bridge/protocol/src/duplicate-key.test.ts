import { expect, test } from "vitest";

import { duplicateKey } from "./duplicate-key.ts";

test.each([
  ['{"video": [], "video": []}', "video"],
  ['{"video": [{"name": "a"}, {"name": "b", "camera": {}, "name": "c"}]}', "video[1].name"],
  ['{"a": [[1], [{"b": {"c": 1, "\\u0063": 2}}]]}', "a[1][0].b.c"],
  ['{"a": ":", "b": "{\\"a\\": 1, \\"a\\": 2}", "b": null}', "b"],
  ['{"": 1, "": 2}', ""],
  ['{"a": "\\\\", "b": "\\\\\\"", "b": 1}', "b"],
])("%s", (text, path) => {
  JSON.parse(text);
  expect(duplicateKey(text)).toBe(path);
});

test.each([
  '{"a": {"x": 1}, "b": {"x": 2}}',
  '[{"x": 1}, {"x": 1}]',
  '{"a": "a", "b": ["a", "a"]}',
  '"a"',
  "1e3",
  "{}",
  '{"a": "{\\"a\\": 1}"}',
])("%s has none", (text) => {
  JSON.parse(text);
  expect(duplicateKey(text)).toBeNull();
});
