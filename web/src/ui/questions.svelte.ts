/** A question before something goes that nothing brings back. Texts are read while it stands, so their numbers stay true. */
export interface Question {
  title: string;
  lines: () => string[];
  /** The answer that changes nothing; it has the focus. */
  keep: string;
  act: () => string;
  /** Whether it is no question any more: then it goes unanswered, and nothing is done. */
  moot: () => boolean;
}

/** One question at a time, before all else on the page. */
export class Questions {
  current = $state.raw<Question | null>(null);
  #answer: ((act: boolean) => void) | null = null;

  /** @returns whether to act. While another question stands nobody is asked, and nothing is done. */
  ask(question: Question): Promise<boolean> {
    if (this.current) return Promise.resolve(false);
    this.current = question;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  answer(act: boolean): void {
    const answer = this.#answer;
    this.current = null;
    this.#answer = null;
    answer?.(act);
  }
}
