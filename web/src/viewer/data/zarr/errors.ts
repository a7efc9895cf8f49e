/** The bytes are not what they claim to be, in words that follow "is damaged: ". */
export class DamageError extends Error {
  override readonly name = "DamageError";
}

/** What this page cannot show, and why, in a sentence. */
export class NotShownError extends Error {
  override readonly name = "NotShownError";
}
