import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { PARSE_ERROR, errorCodes, rpcErrorNumbers } from "./errors.ts";
import { closeCodes } from "./limits.ts";
import { methods } from "./methods.ts";
import { notificationNames } from "./notifications.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const section = (title: string) => readme.split(/^## /m).find((text) => text.startsWith(title)) ?? "";

test("the specification describes every method with its parameters, and no other", () => {
  const rows = [...section("Methods").matchAll(/^\| `([a-z_.]+)` \| ([^|]*)\|/gm)];
  expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(methods).sort());
  for (const [, name = "", params = ""] of rows) {
    const { entries } = methods[name as keyof typeof methods].params as { entries: Record<string, { type: string }> };
    for (const [param, schema] of Object.entries(entries)) {
      const written = schema.type === "optional" ? `${param}?` : param;
      expect(params, `${name}: ${written}`).toContain(`\`${written}\``);
    }
  }
});

test("the specification describes every notification, and no other", () => {
  const rows = [...section("Notifications").matchAll(/^\| (?:<a [^>]*><\/a>)?`([a-z_.]+)` \|/gm)];
  expect(rows.map(([, name]) => name)).toEqual([...notificationNames]);
});

test("the specification has every error code with its number", () => {
  const rows = [...section("Errors").matchAll(/^\| (-\d+) \| `([a-z_]+)` \|/gm)];
  const written = rows.map(([, number, code]) => [Number(number), code]);
  const expected = errorCodes.map((code) => [rpcErrorNumbers[code], code]);
  expect(written).toEqual(expect.arrayContaining([...expected, [PARSE_ERROR, "invalid_message"]]));
  expect(written).toHaveLength(expected.length + 1);
});

test("error numbers are distinct", () => {
  expect(new Set(Object.values(rpcErrorNumbers)).size).toBe(errorCodes.length);
});

test("the specification names the close codes", () => {
  const text = section("Errors");
  for (const code of [closeCodes.goingAway, closeCodes.unsupportedData, closeCodes.policyViolation]) {
    expect(text).toContain(String(code));
  }
});
