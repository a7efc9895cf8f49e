import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

import { expect, test } from "vitest";

import * as everything from "./index.ts";
import * as native from "./native.ts";
import * as remote from "./remote.ts";

test("the public exports", () => {
  expect(Object.keys(remote).sort()).toMatchInlineSnapshot(`
    [
      "DeviceError",
      "DeviceManager",
      "DisconnectedError",
      "FrameStream",
      "InvalidConfigurationError",
      "NotPairedError",
      "RemotePreviews",
      "RemoteRuntime",
      "RunStateError",
      "Runtime",
      "StaleRevisionError",
      "ZarrcamError",
      "addressSpaceOf",
      "errorData",
      "errorFromData",
      "intoSpace",
      "introduce",
      "isShutOut",
      "isZarrcamError",
      "openFrameBytes",
    ]
  `);
  expect(Object.keys(native).sort()).toMatchInlineSnapshot(`
    [
      "DeviceError",
      "DeviceManager",
      "DisconnectedError",
      "InvalidConfigurationError",
      "NativeRuntime",
      "NotPairedError",
      "RunStateError",
      "Runtime",
      "StaleRevisionError",
      "ZarrcamError",
      "errorData",
      "errorFromData",
      "isZarrcamError",
      "issueCertificate",
      "makeAuthority",
      "permittedNames",
    ]
  `);
  expect(Object.keys(everything).sort()).toMatchInlineSnapshot(`
    [
      "DeviceError",
      "DeviceManager",
      "DisconnectedError",
      "FrameStream",
      "InvalidConfigurationError",
      "NativeRuntime",
      "NotPairedError",
      "RemotePreviews",
      "RemoteRuntime",
      "RunStateError",
      "Runtime",
      "StaleRevisionError",
      "ZarrcamError",
      "addressSpaceOf",
      "connect",
      "errorData",
      "errorFromData",
      "intoSpace",
      "introduce",
      "isShutOut",
      "isZarrcamError",
      "issueCertificate",
      "makeAuthority",
      "openFrameBytes",
      "openFrames",
      "permittedNames",
    ]
  `);
});

test("the browser's entry reaches neither the addon nor Node", () => {
  const seen = new Set<string>();
  const visit = (path: URL) => {
    if (seen.has(path.href)) return;
    seen.add(path.href);
    for (const [, from = ""] of readFileSync(path, "utf8").matchAll(/^(?:import|export)[^;]*? from "([^"]+)"/gms)) {
      expect(from, path.pathname).not.toMatch(/^node:|^ws$|native/);
      if (from.startsWith(".")) visit(new URL(from, path));
    }
  };
  visit(new URL("./remote.ts", import.meta.url));
  expect(seen.size).toBeGreaterThan(5);
});

test("only one file loads native code", () => {
  const files = readdirSync(new URL(".", import.meta.url), { recursive: true, encoding: "utf8" });
  const loaders = files.filter(
    (name) =>
      !name.endsWith(".test.ts") &&
      name.endsWith(".ts") &&
      readFileSync(new URL(name, import.meta.url), "utf8").includes("createRequire"),
  );
  expect(loaders).toEqual(["native/addon.ts"]);
});

test("importing the Node entry alone loads no addon and needs none", () => {
  const code = `import("@zarrcam/client").then(() => console.log(Object.keys(require.cache).some((name) => name.endsWith(".node"))))`;
  const output = execFileSync(process.execPath, ["--import", "tsx", "--input-type=commonjs", "-e", code], {
    encoding: "utf8",
  });
  expect(output.trim()).toBe("false");
});
