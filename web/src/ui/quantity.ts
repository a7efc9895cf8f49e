import { parseNumber, splitUnit } from "./number-text.ts";

/** Reads what a person types into a number field: "0,108", "1 920", "0.07 s" in a field of ms, "2 min". */
export interface QuantityRule {
  /** The field's own unit, as shown behind it; "" for a bare number. */
  unit: string;
  /** How many of the field's own unit one of each other unit is. */
  units?: Readonly<Record<string, number>>;
  integer?: boolean;
  /** Below this there is no value at all (a negative count), whatever the device says; 0 where it is left out. */
  least?: number;
  /** Nor at this or below it: a length of 0 is none. */
  above?: number;
}

export type Quantity = { value: number } | { message: string };

export const MILLISECONDS: QuantityRule["units"] = { us: 0.001, µs: 0.001, μs: 0.001, ms: 1, s: 1000, min: 60_000 };
export const SECONDS: QuantityRule["units"] = { ms: 0.001, s: 1, min: 60, h: 3600 };
export const MICROMETRES: QuantityRule["units"] = { nm: 0.001, um: 1, µm: 1, μm: 1, mm: 1000 };
export const FRAMES_A_SECOND: QuantityRule["units"] = { fps: 1, "/s": 1, Hz: 1, hz: 1 };

export function parseQuantity(text: string, rule: QuantityRule): Quantity {
  const typed = text.trim();
  if (typed === "") return { message: `Empty: ${expected(rule)}.` };
  const parts = splitUnit(typed);
  if (!parts) return { message: `“${typed}” is not a number: ${expected(rule)}.` };
  const read = parseNumber(parts.number);
  if ("why" in read) return { message: read.why ?? `“${parts.number}” is not a number: ${expected(rule)}.` };
  const factor = factorOf(parts.unit, rule);
  if (factor === undefined) return { message: `“${parts.unit}” does not fit here: ${expected(rule)}.` };
  // 0.07 * 1000 is 70, not 70.00000000000001; a number without a unit is what it is.
  const value = factor === 1 ? read.value : Number.parseFloat((read.value * factor).toPrecision(14));
  if (!Number.isFinite(value)) return { message: `${typed} is too large: ${expected(rule)}.` };
  if (rule.integer && !Number.isInteger(value))
    return { message: `${typed} is not a whole number: ${expected(rule)}.` };
  if (rule.integer && !Number.isSafeInteger(value)) return { message: `${typed} is too large: ${expected(rule)}.` };
  if (value < (rule.least ?? 0) || value <= (rule.above ?? Number.NEGATIVE_INFINITY))
    return { message: `${typed} is too small: ${expected(rule)}.` };
  // -0 is 0.
  return { value: value + 0 };
}

function factorOf(unit: string, { unit: own, units = {} }: QuantityRule): number | undefined {
  if (unit === "" || unit === own) return 1;
  return Object.hasOwn(units, unit) ? units[unit] : undefined;
}

function expected(rule: QuantityRule): string {
  const kind = `${rule.integer ? "a whole number" : "a number"}${rule.above === undefined ? "" : ` above ${rule.above}`}`;
  const others = Object.keys(rule.units ?? {}).filter((unit) => unit !== rule.unit && !/[µμ]/.test(unit));
  const units =
    others.length > 0
      ? ` in ${rule.unit} (or ${others.slice(0, 2).join(", ")})`
      : rule.unit === ""
        ? ""
        : ` of ${rule.unit}`;
  return `type ${kind}${units}`;
}
