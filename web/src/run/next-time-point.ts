/** Shorter waits are over before anybody has read of them, s. */
const SHORTEST_S = 2;

/**
 * Whole seconds until the next time point begins; null: nothing waits for it.
 *
 * @param elapsedS since the run began
 * @param captured frames that the camera gave
 * @param perPoint frames of one time point
 */
export function secondsToNext(
  elapsedS: number,
  intervalUs: number,
  captured: number,
  perPoint: number,
  limit: number | null,
): number | null {
  const interval = intervalUs / 1e6;
  // While a time point is taken nothing is waited for; after the last one nothing follows.
  if (interval < SHORTEST_S || perPoint < 1 || captured === 0 || captured % perPoint !== 0) return null;
  if (limit !== null && captured >= limit) return null;
  const left = (captured / perPoint) * interval - elapsedS;
  return left > 0 ? Math.ceil(left) : null;
}
