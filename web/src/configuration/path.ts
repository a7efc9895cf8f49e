/** Field paths of the document, as problems carry them: `video[0].storage.settings.acquisition_dimensions[2].name`. */
export type Step = string | number;

export interface Change {
  path: string;
  from: unknown;
  to: unknown;
}

export function parsePath(path: string): Step[] {
  const steps: Step[] = [];
  for (const match of path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)) {
    steps.push(match[1] === undefined ? (match[2] ?? "") : Number(match[1]));
  }
  return steps;
}

export function joinPath(base: string, step: Step): string {
  if (typeof step === "number") return `${base}[${step}]`;
  return base === "" ? step : `${base}.${step}`;
}

export function getAt(document: unknown, path: string): unknown {
  let value = document;
  for (const step of parsePath(path)) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Record<Step, unknown>)[step];
  }
  return value;
}

/** A copy of `document` with `value` at `path`; what is not on the way is shared. `undefined` takes the field out. */
export function setAt<T>(document: T, path: string, value: unknown): T {
  return setSteps(document, parsePath(path), value) as T;
}

function setSteps(node: unknown, steps: Step[], value: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof step === "number") {
    const copy = Array.isArray(node) ? [...(node as unknown[])] : [];
    if (rest.length === 0 && value === undefined) copy.splice(step, 1);
    else copy[step] = setSteps(copy[step], rest, value);
    return copy;
  }
  const copy: Record<string, unknown> = node !== null && typeof node === "object" ? { ...node } : {};
  if (rest.length === 0 && value === undefined) delete copy[step];
  else copy[step] = setSteps(copy[step], rest, value);
  return copy;
}

/**
 * The fields in which two documents differ. Arrays of one length are compared entry by entry; otherwise the whole array
 * is one change, because an entry's number then no longer says which entry it is.
 */
export function diff(from: unknown, to: unknown, path = ""): Change[] {
  if (same(from, to)) return [];
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((entry, index) => diff(entry, to[index], joinPath(path, index)));
  }
  if (isObject(from) && isObject(to)) {
    const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...keys].flatMap((key) => diff(from[key], to[key], joinPath(path, key)));
  }
  return [{ path, from, to }];
}

export function applyChanges<T>(document: T, changes: readonly { path: string; to: unknown }[]): T {
  return changes.reduce((result, change) => setAt(result, change.path, change.to), document);
}

/** True where one path is the other or contains it. */
export function overlaps(a: string, b: string): boolean {
  return a === b || contains(a, b) || contains(b, a);
}

export function contains(outer: string, inner: string): boolean {
  if (outer === "") return true;
  return inner.startsWith(outer) && (inner[outer.length] === "." || inner[outer.length] === "[");
}

export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((entry, index) => same(entry, b[index]))
    );
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same(a[key], b[key]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
