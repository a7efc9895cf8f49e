import { expect, test } from "vitest";

import { jsonFault } from "./json-fault.ts";

test.each([
  ["", 1, 1, /A value is expected where the file ends/],
  ["{", 1, 2, /A name in double quotation marks.* where the file ends/],
  ['{"video": [}', 1, 12, /A value is expected where "}" stands/],
  ['{\n "video": []\n "name": 1\n}', 3, 2, /A comma or } is expected where "\\"" stands/],
  ['{"a": 1,\n}', 1, 8, /a comma too many before }/],
  ["[1, 2,]", 1, 6, /a comma too many before ]/],
  ['{"a" 1}', 1, 6, /A colon after the name is expected where "1" stands/],
  ["{a: 1}", 1, 2, /A name in double quotation marks, "video" say, is expected where "a" stands/],
  ["{'a': 1}", 1, 2, /double quotation marks/],
  ["{\"a\": 'b'}", 1, 7, /double quotation marks/],
  ['{"a": True}', 1, 7, /JSON knows no True: write true/],
  ['{"a": NaN}', 1, 7, /JSON knows no NaN: write null/],
  ['{"a": .5}', 1, 7, /".5" is no number of JSON/],
  ['{"a": 1,5}', 1, 9, /A name in double/],
  ['{"a": 1} // why', 1, 10, /no comments/],
  ['{"uri": "C:\\data"}', 1, 12, /A backslash is written twice/],
  ['{"a": "b', 1, 7, /no end/],
  ['{"a": 1}\n{"a": 2}', 2, 1, /The end of the file is expected where "{" stands/],
])("%s: line %i, column %i", (text, line, column, message) => {
  expect(() => JSON.parse(text) as unknown).toThrow();
  const fault = jsonFault(text);
  expect(fault).toMatchObject({ line, column });
  expect(fault.message).toMatch(message);
});

test("what JSON.parse reads has no fault before its end", () => {
  const text = ' {"a\\u00e9\\n": [1, -0.5e+10, true, false, null, "x", {}, []], "b": {"c": ""}} ';
  JSON.parse(text);
  // Cut anywhere it has one, at the cut or at the text that has no end.
  for (let cut = 0; cut < text.length - 2; cut++) {
    const part = text.slice(0, cut + 1);
    expect(() => JSON.parse(part) as unknown).toThrow();
    expect(jsonFault(part).message).toMatch(/the file ends|no end|written twice|no number|A value/);
  }
});
