/** Reads what a person types into a number field: "1,920", "0.07 s" in a field of ms, "2 min". */
export interface QuantityRule {
  /** The field's own unit, as shown behind it; "" for a bare number. */
  unit: string;
  /** How many of the field's own unit one of each other unit is. */
  units?: Readonly<Record<string, number>>;
  integer?: boolean;
  /** Below this there is no value at all (a negative count), whatever the device says. */
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
  const match = /^([+-]?[\d.,\s]*\d[\d.,]*(?:e[+-]?\d+)?|[+-]?\.\d+)\s*(.*)$/i.exec(text.trim());
  if (!match)
    return {
      message: text.trim() === "" ? `Empty: ${expected(rule)}.` : `“${text.trim()}” is no number: ${expected(rule)}.`,
    };
  const number = parseNumber((match[1] ?? "").replace(/\s/g, ""));
  if (number === null) return { message: `“${match[1]}” is no number: ${expected(rule)}.` };
  const unit = (match[2] ?? "").trim();
  const factor = unit === "" || unit === rule.unit ? 1 : rule.units?.[unit];
  if (factor === undefined) return { message: `“${unit}” does not fit here: ${expected(rule)}.` };
  const value = clean(number * factor);
  if (rule.integer && !Number.isInteger(value))
    return { message: `${text.trim()} is no whole number: ${expected(rule)}.` };
  if (value < (rule.least ?? 0) || value <= (rule.above ?? Number.NEGATIVE_INFINITY))
    return { message: `${text.trim()} is too small: ${expected(rule)}.` };
  return { value };
}

/** A comma groups thousands where it can; elsewhere it is the decimal sign that half of the world types. */
function parseNumber(text: string): number | null {
  let plain = text;
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) plain = text.replaceAll(",", "");
  else if (/^[+-]?\d*,\d+$/.test(text)) plain = text.replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  return Number(plain);
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

/** 0.07 * 1000 is 70, not 70.00000000000001. */
function clean(value: number): number {
  return Number.parseFloat(value.toPrecision(14));
}
