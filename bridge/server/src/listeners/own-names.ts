import { hostname } from "node:os";

/**
 * Names by which other computers may know this one: those that were given, its own, and its own in `.local`, which mDNS answers. A
 * name that is none of DNS (umlauts, blanks) stays out: no certificate could carry it.
 */
export function ownNames(given: readonly string[], own = hostname()): string[] {
  const name = own.toLowerCase().replace(/\.$/, "");
  const [first = ""] = name.split(".");
  const found = [...given.map((one) => one.toLowerCase()), `${first}.local`, name, first].filter(isDnsName);
  return [...new Set(found)].filter((one) => !/^localhost(\.|$)/.test(one));
}

/** One or more labels of letters, digits and hyphens. */
export function isDnsName(text: string): boolean {
  const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;
  return text.length <= 253 && text.split(".").every((part) => label.test(part)) && !/^[\d.]+$/.test(text);
}
