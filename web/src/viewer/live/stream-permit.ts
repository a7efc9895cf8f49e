/**
 * Pages of this browser that may hold a connection for pictures at the same time. A browser has six for a bridge, over all its
 * pages: what reads datasets and stored frames must not wait for those that never end.
 */
const MOST_STREAMS = 2;

/** As much of the browser's locks as is used. */
export type Locks = Pick<LockManager, "request">;

/**
 * Leave to hold a connection to a bridge for pictures, until the function that is given is called; a page that goes gives it back
 * by itself. Null: other pages have it, or this browser cannot tell.
 *
 * @param bridge its host and port
 */
export async function streamPermit(
  bridge: string,
  // Not there on an insecure page, whatever the type says.
  locks: Locks | null = (navigator as { locks?: Locks }).locks ?? null,
): Promise<(() => void) | null> {
  if (!locks) return null;
  for (let at = 1; at <= MOST_STREAMS; at++) {
    const held = await hold(locks, `zarrcam pictures of ${bridge}, ${at}`);
    if (held) return held;
  }
  return null;
}

function hold(locks: Locks, name: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(null);
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}
