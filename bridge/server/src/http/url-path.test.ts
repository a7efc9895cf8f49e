import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { pathSegments } from "./url-path.ts";

describe("pathSegments", () => {
  test.each([
    ["/", []],
    ["/data/a.zarr/0/c/0", ["data", "a.zarr", "0", "c", "0"]],
    ["/data/a.zarr/", ["data", "a.zarr"]],
    ["/data/a%20b?x=/../#y", ["data", "a b"]],
    ["/data/%40live", ["data", "@live"]],
    ["/data/%E2%82%AC", ["data", "€"]],
    ["/data/run%3A2%20%23%3F%25/x", ["data", "run:2 #?%", "x"]],
    ["/data/a:b/c", ["data", "a:b", "c"]],
    ["/data/a%5Cb", ["data", "a\\b"]],
    ["/data/a\\b", ["data", "a\\b"]],
    ["/data/..%5csecret", ["data", "..\\secret"]],
    ["/data/a%0a%01b", ["data", "a\n\u0001b"]],
    // Decoded once: a name with a percent sign, not a dot.
    ["/data/%252e%252e/x", ["data", "%2e%2e", "x"]],
  ])("%s", (target, segments) => {
    expect(pathSegments(target, "linux")).toEqual(segments);
  });

  test.each([
    "/data/../secret",
    "/data/./x",
    "/data/%2e%2e/secret",
    "/data/%2E./secret",
    "/data/..%2fsecret",
    "/data/a%2fb",
    "/data/%00",
    "/data//etc/passwd",
    "//etc/passwd",
    "/data/%ff",
    "/data/%",
    "/data/%zz",
    "http://127.0.0.1/data/x",
    "*",
    "",
    `/${"a".repeat(5000)}`,
  ])("refuses %s", (target) => {
    expect(pathSegments(target)).toBeNull();
  });

  test.each([
    "/data/a\\b",
    "/data/..%5csecret",
    "/data/a%0d%0ab",
    "/data/C:/x",
    "/data/a:stream",
    "/data/a%20",
    "/data/a.",
  ])("refuses %s on Windows, where it is another path or none", (target) => {
    expect(pathSegments(target, "win32")).toBeNull();
  });

  test.each(["linux", "win32"] as const)("never leads upwards on %s, whatever is asked", (platform) => {
    const part = fc.oneof(
      fc.constantFrom("..", ".", "%2e", "%2e%2e", "%252e", "\\", "%5c", "%2f", "/", "%00", "data", "%"),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        for (const segment of pathSegments(`/${parts.join("/")}`, platform) ?? []) {
          expect(segment).not.toMatch(platform === "win32" ? /^\.{0,2}$|[/\\\u0000]/ : /^\.{0,2}$|[/\u0000]/);
        }
      }),
    );
  });
});
