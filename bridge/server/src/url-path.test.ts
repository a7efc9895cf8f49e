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
    // Decoded once: a name with a percent sign, not a dot.
    ["/data/%252e%252e/x", ["data", "%2e%2e", "x"]],
  ])("%s", (target, segments) => {
    expect(pathSegments(target)).toEqual(segments);
  });

  test.each([
    "/data/../secret",
    "/data/./x",
    "/data/%2e%2e/secret",
    "/data/%2E./secret",
    "/data/..%2fsecret",
    "/data/a%2fb",
    "/data/a\\b",
    "/data/..%5csecret",
    "/data/%00",
    "/data/a%0d%0ab",
    "/data//etc/passwd",
    "//etc/passwd",
    "/data/C:/x",
    "/data/a:stream",
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

  test("never leads upwards, whatever is asked", () => {
    const part = fc.oneof(
      fc.constantFrom("..", ".", "%2e", "%2e%2e", "%252e", "\\", "%5c", "%2f", "/", "%00", "data", "%"),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        for (const segment of pathSegments(`/${parts.join("/")}`) ?? []) {
          expect(segment).not.toMatch(/^\.{0,2}$|[/\\\u0000]/);
        }
      }),
    );
  });
});
