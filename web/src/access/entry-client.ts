// What a page asks of its bridge before it has a connection: whether it is let in, and to be let in.
import type { Paired } from "@zarrcam/protocol";

/** Why a page was not let in, in sentences with the way out. `isSpent`: its secret is good for nothing; another is needed. */
export class EntryError extends Error {
  override readonly name = "EntryError";
  readonly isSpent: boolean;

  constructor(message: string, { isSpent = false } = {}) {
    super(message);
    this.isSpent = isSpent;
  }
}

type Fetch = typeof fetch;

/** Whether this browser is let in by the computer that gave the page; null: it does not answer. */
export async function isLetIn(ask: Fetch = fetch): Promise<boolean | null> {
  try {
    const response = await ask("/hello", { cache: "no-store", credentials: "same-origin" });
    if (response.status === 401) return false;
    if (!response.ok) return null;
    const { you } = (await response.json()) as { you?: object | null };
    return you !== null;
  } catch {
    return null;
  }
}

/**
 * Lets this browser in by the secret of an invitation; from then on it is known by a cookie that no script can read.
 * @param name what the device is to be called in the list
 * @throws EntryError
 */
export async function enter(token: string, name: string, ask: Fetch = fetch): Promise<Paired> {
  let response: Response;
  try {
    response = await ask("/access/pair", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token, name }),
      credentials: "same-origin",
      cache: "no-store",
      referrerPolicy: "no-referrer",
    });
  } catch {
    throw new EntryError("The camera computer does not answer. Is this device in its network still? Try again.");
  }
  if (!response.ok) throw await refusalOf(response);
  const paired = (await response.json()) as Paired;
  if ((await isLetIn(ask)) === false)
    throw new EntryError(
      "The camera computer let this browser in, but the browser does not keep its cookie. Allow cookies for this page in the browser's settings, then ask for a new link.",
      { isSpent: true },
    );
  return paired;
}

async function refusalOf(response: Response): Promise<EntryError> {
  const said = (await response.text().catch(() => "")).trim();
  switch (response.status) {
    case 429: {
      const wait = Number(response.headers.get("retry-after")) || 60;
      return new EntryError(
        `Too many links that were not right have been tried from here. Wait ${wait} s, then press Enter again.`,
      );
    }
    case 401:
    case 403:
    case 404:
    case 410:
      return new EntryError(
        "This link does not let anybody in. It was used already, its time is over, it was withdrawn, or it belongs to another zarrcam. Ask whoever gave it for a new one.",
        { isSpent: true },
      );
    default:
      return new EntryError(said || `The camera computer refused it (${response.status}). Try again.`);
  }
}

/** Ends what this browser was let in by. @throws EntryError */
export async function leave(ask: Fetch = fetch): Promise<void> {
  const response = await ask("/access/leave", { method: "POST", credentials: "same-origin" }).catch(() => null);
  // Who is not let in any more has left already.
  if (response?.ok || response?.status === 401) return;
  throw new EntryError("The camera computer did not take it. Try again.");
}
