/** What a browser tells of itself. */
export interface BrowserIdentity {
  readonly userAgent: string;
  readonly userAgentData?: {
    readonly brands: readonly { readonly brand: string }[];
    readonly platform: string;
  };
  readonly maxTouchPoints?: number;
}

/** In this order: most browsers name others, too, whose pages they want to be given. */
const BROWSERS: readonly [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chromium\//, "Chromium"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/CrOS/, "ChromeOS"],
  [/Mac OS X|Macintosh/, "Mac"],
  [/Linux|X11/, "Linux"],
];
/** Brands that say what a browser is made of, or nothing at all. */
const NO_BRAND = /not.*brand|^chromium$/i;

/** A name by which its user will know this device in the list: "Chromium on Linux". */
export function deviceName({ userAgent, userAgentData, maxTouchPoints = 0 }: BrowserIdentity): string {
  const brands = userAgentData?.brands.map(({ brand }) => brand) ?? [];
  const brand = brands.find((one) => !NO_BRAND.test(one)) ?? brands.find((one) => one === "Chromium");
  const browser = brand?.replace(/^(Google|Microsoft) /, "") ?? named(BROWSERS, userAgent) ?? "Browser";
  let system = (userAgentData?.platform || null) ?? named(SYSTEMS, userAgent);
  // A tablet that wants the pages of a desk says that it is one.
  if (system === "Mac" && maxTouchPoints > 1) system = "iPad";
  return system === null ? browser : `${browser} on ${system}`;
}

function named(list: readonly [RegExp, string][], userAgent: string): string | null {
  return list.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
}
