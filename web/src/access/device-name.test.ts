import { expect, test } from "vitest";
import { deviceName } from "./device-name.ts";

const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
const brands = (...names: string[]) => names.map((brand) => ({ brand }));

test.each([
  [
    { userAgent: CHROME, userAgentData: { brands: brands("Chromium", "Not)A;Brand"), platform: "Linux" } },
    "Chromium on Linux",
  ],
  [
    {
      userAgent: CHROME,
      userAgentData: { brands: brands("Not_A Brand", "Chromium", "Google Chrome"), platform: "Windows" },
    },
    "Chrome on Windows",
  ],
  [
    { userAgent: CHROME, userAgentData: { brands: brands("Microsoft Edge", "Chromium"), platform: "macOS" } },
    "Edge on macOS",
  ],
  [{ userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" }, "Firefox on Linux"],
  [
    {
      userAgent:
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
    },
    "Safari on iPhone",
  ],
  [
    {
      userAgent:
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
      maxTouchPoints: 5,
    },
    "Safari on iPad",
  ],
  [{ userAgent: "something else" }, "Browser"],
])("%j is called %s", (identity, name) => expect(deviceName(identity)).toBe(name));
