/** Fields that are named; of more there is only the number. */
const MOST_NAMED = 12;

/** Which fields of two documents differ, by their paths (`video[0].camera.settings.offset`): never what stands in them. */
export function changedFields(before: unknown, after: unknown): string {
  const paths = [...differences(before, after, "")];
  const named = paths.slice(0, MOST_NAMED).join(", ");
  return paths.length > MOST_NAMED ? `${named} and ${paths.length - MOST_NAMED} more` : named;
}

function* differences(before: unknown, after: unknown, path: string): Generator<string> {
  if (before === after) return;
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      yield* differences(before[key], after[key], path === "" ? key : `${path}.${key}`);
  } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && before.some(isObject)) {
    for (const [at, one] of before.entries()) yield* differences(one, after[at], `${path}[${at}]`);
  } else if (JSON.stringify(before) !== JSON.stringify(after)) yield path;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
