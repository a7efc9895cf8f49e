import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { PARSE_ERROR, errorNumbers } from "./errors.ts";
import { closeCodes } from "./limits.ts";
import { methods } from "./methods.ts";
import { type NotificationName, helloFields, notificationNames, notificationRoles } from "./notifications.ts";
import { type Route, routeOf, routes } from "./routes.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const section = (title: string) => readme.split(/^## /m).find((text) => text.startsWith(title)) ?? "";

test("the specification describes every method with its parameters, and no other", () => {
  const rows = [...section("Methods").matchAll(/^\| `([a-z_.]+)` \| (\w+) \| ([^|]*)\|/gm)];
  expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(methods).sort());
  for (const [, name = "", role, params = ""] of rows) {
    const method = methods[name as keyof typeof methods];
    expect(role, name).toBe(method.role);
    const { entries } = method.params;
    for (const [param, schema] of Object.entries<{ type: string }>(entries)) {
      const written = schema.type === "exact_optional" ? `${param}?` : param;
      expect(params, `${name}: ${written}`).toContain(`\`${written}\``);
    }
  }
});

test("the specification says which methods share their way", () => {
  const [text = ""] = /\(`datasets\.…`;[^)]*\)/.exec(section("Messages")) ?? [];
  for (const [name, { group }] of Object.entries(methods)) {
    if (group === "datasets") expect(name).toMatch(/^datasets\./);
    else expect(text.includes(`\`${name}\``), name).toBe(group !== null);
  }
});

test("the specification describes every notification, and no other", () => {
  const rows = [...section("Notifications").matchAll(/^\| (?:<a [^>]*><\/a>)?`([a-z_.]+)` \|/gm)];
  expect(rows.map(([, name]) => name)).toEqual([...notificationNames]);
});

test("the specification says who is told what", () => {
  for (const [, name = "", text = ""] of section("Notifications").matchAll(/^\| `([a-z_.]+)` \|(.*)$/gm)) {
    const role = notificationRoles[name as NotificationName];
    expect(/for the role (\w+)/.exec(text)?.[1] ?? "observe", name).toBe(role);
  }
});

test("the specification has every route, with its role and the pages that may ask it, and no other", () => {
  const rows = [...section("Access").matchAll(/^\| `(\/[^`]*)` \| ([A-Z, ]+) \| (\w+) \| (\w+) \|$/gm)];
  const expected = Object.values<Route>(routes).map(({ path, methods, role, foreign }) => [
    path,
    methods.join(", "),
    role ?? "none",
    foreign ?? "none",
  ]);
  expect(rows.map(([, ...cells]) => cells)).toEqual(expected);
});

test("a path belongs to the route that it begins like, and else to the page", () => {
  const named = (path: string) => routeOf(path.split("/").filter((segment) => segment !== ""));
  expect(named("/")).toBe("page");
  expect(named("/assets/index.js")).toBe("page");
  expect(named("/data")).toBe("data");
  expect(named("/data/a/b/c")).toBe("data");
  expect(named("/uploads/x")).toBe("uploads");
  expect(named("/streams/0/other")).toBe("frames");
  expect(named("/access/pair")).toBe("pair");
  expect(named("/access")).toBe("page");
  expect(named("/hello")).toBe("hello");
  expect(named("/hello/there")).toBe("page");
  expect(named("/access/pairs")).toBe("page");
});

test("the specification says what of hello belongs to each notification", () => {
  const text = section("Connecting").replaceAll(/\s+/g, " ");
  for (const [name, fields] of Object.entries(helloFields)) {
    const list = fields
      .map((field) => `\`${field}\``)
      .join(", ")
      .replace(/, (`\w+`)$/, " and $1");
    if (fields.length > 0) expect(text).toContain(`\`${name}\` its ${list}`);
  }
});

test("the specification has every error code with its number", () => {
  const rows = [...section("Errors").matchAll(/^\| (-\d+) \| (\d+) \| `([a-z_]+)` \|/gm)];
  const written = rows.map(([, rpc, http, code]) => [Number(rpc), Number(http), code]);
  const expected = Object.entries(errorNumbers).map(([code, { rpc, http }]) => [rpc, http, code]);
  expect(written).toEqual(expect.arrayContaining([...expected, [PARSE_ERROR, 400, "invalid_message"]]));
  expect(written).toHaveLength(expected.length + 1);
});

test("error numbers are distinct", () => {
  const numbers = Object.values(errorNumbers).map(({ rpc }) => rpc);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test("the specification names the close codes", () => {
  const text = section("Errors");
  for (const code of [
    closeCodes.goingAway,
    closeCodes.unsupportedData,
    closeCodes.policyViolation,
    closeCodes.revoked,
  ]) {
    expect(text).toContain(String(code));
  }
});
