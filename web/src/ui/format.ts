/** Numbers for people: grouped by commas, a unit always, no more digits than mean something. */
export function formatNumber(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return "–";
  return new Intl.NumberFormat("en-US", { maximumSignificantDigits: Math.max(digits, integerDigits(value)) }).format(
    value,
  );
}

function integerDigits(value: number): number {
  return Math.min(21, Math.max(1, Math.floor(Math.log10(Math.max(1, Math.abs(value)))) + 1));
}

export function formatCount(value: number, one: string, many = `${one}s`): string {
  return `${formatNumber(value)} ${value === 1 ? one : many}`;
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Decimal units, as disks are sold and as Acquire's users reckon. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit] ?? "B"}`;
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** "21 s", "3 min 20 s", "11 h", "4 days". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 0) return "0 s";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${trim(seconds.toFixed(1))} s`;
  if (seconds < 119.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return joinUnits(Math.floor(whole / 60), "min", whole % 60, "s");
  if (whole < 48 * 3600) return joinUnits(Math.floor(whole / 3600), "h", Math.round((whole % 3600) / 60), "min");
  return `${formatNumber(Math.round(whole / 86400))} days`;
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  if (large >= 10 || small === 0) return `${large + (large >= 10 && small >= 30 ? 1 : 0)} ${largeUnit}`;
  return `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** A clock for a running time: "0:21", "1:02:07". Its width changes only with the hour. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const rest = `${String(Math.floor((whole % 3600) / 60))}:${String(whole % 60).padStart(2, "0")}`;
  if (whole < 3600) return rest;
  return `${Math.floor(whole / 3600)}:${rest.padStart(5, "0")}`;
}

/** Frames a second, of a width that stays: "14.3", "0.50", "860". */
export function formatFps(fps: number): string {
  if (!Number.isFinite(fps)) return "–";
  if (fps >= 99.95) return fps.toFixed(0);
  if (fps >= 9.995) return fps.toFixed(1);
  return fps.toFixed(2);
}

export function formatDay(unixMs: number): string {
  const date = new Date(unixMs);
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

export function formatTime(unixMs: number): string {
  const date = new Date(unixMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** What stands in an input field: no grouping of four digits, so that it can be edited. */
export function formatForField(value: number): string {
  // Of a count every digit means something.
  if (Number.isSafeInteger(value)) return String(value);
  return trim(Number.parseFloat(value.toPrecision(12)).toString());
}

function trim(text: string): string {
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

export function formatIso(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

/** A number that changes where it stands: filled up with blanks as wide as a figure, it and its neighbours do not move. */
export function steady(text: string, length = 5): string {
  return text.padStart(length, "\u2007");
}
