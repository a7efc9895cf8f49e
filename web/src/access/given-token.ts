// The page's first module: whatever runs after it finds an address without the secret.
import { takeToken } from "./pairing-link.ts";

/** The secret that the page was opened with; null: none. */
export const givenToken = takeToken(location, history);
