import { expect, it } from "vitest";

import { softwareAdapter } from "./software-adapter.ts";

it("knows adapters that are none, by what they say of themselves or by their names", () => {
  expect(softwareAdapter({ vendor: "google", architecture: "swiftshader" })).toBe("swiftshader");
  expect(softwareAdapter({ vendor: "mesa", description: "llvmpipe (LLVM 19.1.7, 256 bits)" })).toMatch(/^llvmpipe/);
  expect(softwareAdapter({ description: "Microsoft Basic Render Driver" })).toBe("Microsoft Basic Render Driver");
  expect(softwareAdapter({ vendor: "acme", isFallbackAdapter: true })).toBe("acme");
  expect(softwareAdapter({ isFallbackAdapter: true })).toBe("without a name");
});

it("takes a graphics card for one", () => {
  expect(softwareAdapter({ vendor: "nvidia", architecture: "hopper", description: "", isFallbackAdapter: false })).toBe(
    null,
  );
  expect(softwareAdapter({ vendor: "intel", architecture: "gen-12lp", description: "Warped Reality 3" })).toBe(null);
  expect(softwareAdapter({})).toBe(null);
});
