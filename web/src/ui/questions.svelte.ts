/** A question before something goes that nothing brings back. Texts are read while it stands, so their numbers stay true. */
export interface Question {
  title: string;
  /** Sentences below the title. */
  lines: () => string[];
  /** Label of the answer that changes nothing; it has the focus. */
  cancelLabel: string;
  /** Label of the answer that does what is asked about. */
  confirmLabel: () => string;
  /** Whether the question has become pointless: then it goes unanswered, and nothing is done. */
  isObsolete: () => boolean;
}

/** One question at a time, before all else on the page. */
export class Questions {
  current = $state.raw<Question | null>(null);
  #answer: ((confirmed: boolean) => void) | null = null;

  /** @returns whether it was confirmed. While another question stands nobody is asked, and nothing is done. */
  ask(question: Question): Promise<boolean> {
    if (this.current) return Promise.resolve(false);
    this.current = question;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  answer(confirmed: boolean): void {
    const answer = this.#answer;
    this.current = null;
    this.#answer = null;
    answer?.(confirmed);
  }
}
