import type { Configuration } from "@zarrcam/protocol";
import { applyChanges, contains, diff, getAt, overlaps, same, type Change } from "../configuration/path.ts";

/** A field that somebody else changed while an edit of ours was not applied yet. Ours stays in the field. */
export interface Conflict {
  path: string;
  was: unknown;
  mine: unknown;
  theirs: unknown;
}

export interface Merged {
  working: Configuration;
  conflicts: Conflict[];
  /** What they changed and we did not change alike. */
  news: Change[];
}

/**
 * Our edits on top of what somebody else wrote.
 * @param applied what our edits were made on
 * @param working that, with our edits
 */
export function merge(
  applied: Configuration,
  working: Configuration,
  conflicts: readonly Conflict[],
  theirs: Configuration,
): Merged {
  const mine = diff(applied, working);
  const changes = diff(applied, theirs);
  let clashes = [...conflicts];
  for (const change of mine) {
    const against = changes.filter((other) => overlaps(other.path, change.path));
    if (against.length === 0 || against.every((other) => other.path === change.path && same(other.to, change.to)))
      continue;
    // Where they changed a part of what we replaced (or the other way round), the choice is about the larger of both.
    const path = against.reduce((widest, other) => (contains(other.path, widest) ? other.path : widest), change.path);
    const clash = { path, was: getAt(applied, path), mine: getAt(working, path), theirs: getAt(theirs, path) };
    clashes = [...clashes.filter((other) => other.path !== path), clash];
  }
  const news = changes.filter(
    (change) => !mine.some((other) => same(other.to, change.to) && other.path === change.path),
  );
  return { working: applyChanges(theirs, mine), conflicts: clashes, news };
}
