/** So many periods' pause may be a late frame, a lost one or a slower camera: what follows decides. */
const LONG = 1.25;
/** So few periods, again and again, are a faster camera. */
const SHORT = 0.75;
/** Pauses are alike where the longest is not so many times the shortest. */
const ALIKE = 1.45;
/** So many pauses alike, one behind the other, are the camera's new beat. */
const NEW_BEAT = 4;
/** The period is the mean over so many; a jitter of stamps is divided by that. */
const WINDOW = 128;
/** Before there are so many, what the browser says of the camera is better. */
const ENOUGH = 32;
/** Who waits for a frame that decides waits no longer than for so many of its pauses, and not less than so long. */
const PATIENCE_PAUSES = 3;
const LEAST_PATIENCE_US = 500_000;

const areAlike = (pauses: readonly number[]): boolean => Math.max(...pauses) < ALIKE * Math.min(...pauses);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

interface Waiting<T> {
  frame: T;
  stampUs: number;
  pauseUs: number;
}

/** A frame with its number in the camera's beat: from 0, with gaps where frames did not come. */
export interface Numbered<T> {
  frame: T;
  id: number;
  stampUs: number;
}

/**
 * Finds the frames that a browser left out without a word, by the stamps of those that came.
 *
 * A camera keeps a beat: stamps lie one period apart, each up to a quarter of it off. A pause of n periods, rounded, means that n - 1
 * frames did not come. The period is the mean over the last frames; at first it is the one that the browser says.
 *
 * A camera in the dark exposes for longer, and its frames come more slowly, with none lost. So a long pause is not believed at once:
 * its frame waits for the next ones. Where the beat goes on as before, the pause was a loss. Where pauses alike follow, four in all,
 * this is the beat from now on, and none was lost.
 *
 * What stamps cannot tell: a browser that leaves out every second frame, steadily, from a camera that has become half as fast. Four
 * pauses alike or more are taken for the slower camera. And where the beat itself changes within a pause, the count of a long pause
 * is off by as much.
 */
export class FrameBeat<T> {
  #periodUs: number;
  #lastUs: number | null = null;
  #id = -1;
  /** Ids and stamps that the period is the mean of, the oldest first. */
  #window: { id: number; stampUs: number }[] = [];
  #waiting: Waiting<T>[] = [];
  #short: number[] = [];

  /** `nominalUs`: from frame to frame, as the browser says; 0: it does not say. */
  constructor(nominalUs: number) {
    this.#periodUs = nominalUs;
  }

  /** From frame to frame, us; 0: not known yet. */
  get periodUs(): number {
    return this.#periodUs;
  }

  /** How long the frames that wait are worth to wait for, us; 0: none waits. */
  get patienceUs(): number {
    const longest = Math.max(0, ...this.#waiting.map(({ pauseUs }) => pauseUs));
    return longest === 0 ? 0 : Math.max(LEAST_PATIENCE_US, PATIENCE_PAUSES * longest);
  }

  /** The next frame is the first of a run, id 0. Returns the frames that waited: nobody numbers them any more. */
  restart(): T[] {
    const waited = this.#waiting.map(({ frame }) => frame);
    this.#waiting = [];
    this.#window = [];
    this.#short = [];
    this.#lastUs = null;
    this.#id = -1;
    return waited;
  }

  /** A frame came. Returns those whose numbers are known now, in order. */
  arrived(frame: T, stampUs: number): Numbered<T>[] {
    const pauseUs = this.#lastUs === null ? 0 : stampUs - this.#lastUs;
    this.#lastUs = stampUs;
    if (this.#id < 0) return [this.#number(frame, stampUs, 1)];
    // A clock that stood still or went back says nothing.
    if (pauseUs <= 0) {
      const decided = this.decide();
      this.#window = [];
      return [...decided, this.#number(frame, stampUs, 1)];
    }
    if (this.#periodUs === 0) this.#periodUs = pauseUs;
    if (pauseUs < LONG * this.#periodUs) {
      const decided = this.decide();
      decided.push(this.#number(frame, stampUs, 1));
      this.#watchForFaster(pauseUs);
      return decided;
    }
    this.#short = [];
    const decided = areAlike([...this.#waiting.map((waiting) => waiting.pauseUs), pauseUs]) ? [] : this.decide();
    this.#waiting.push({ frame, stampUs, pauseUs });
    if (this.#waiting.length < NEW_BEAT) return decided;
    const waited = this.#waiting;
    this.#waiting = [];
    this.#periodUs = mean(waited.map((waiting) => waiting.pauseUs));
    this.#window = [];
    return [...decided, ...waited.map((waiting) => this.#number(waiting.frame, waiting.stampUs, 1))];
  }

  /** Nothing came that would decide: the pauses of the frames that wait were losses. */
  decide(): Numbered<T>[] {
    const waited = this.#waiting;
    this.#waiting = [];
    const periodUs = this.#periodUs;
    return waited.map(({ frame, stampUs, pauseUs }) =>
      this.#number(frame, stampUs, Math.max(1, Math.round(pauseUs / periodUs))),
    );
  }

  #number(frame: T, stampUs: number, periods: number): Numbered<T> {
    this.#id += periods;
    this.#window.push({ id: this.#id, stampUs });
    if (this.#window.length > WINDOW + 1) this.#window.shift();
    const first = this.#window[0];
    const over = first ? this.#id - first.id : 0;
    if (first && over >= ENOUGH) this.#periodUs = (stampUs - first.stampUs) / over;
    return { frame, id: this.#id, stampUs };
  }

  #watchForFaster(pauseUs: number): void {
    if (pauseUs >= SHORT * this.#periodUs) {
      this.#short = [];
      return;
    }
    this.#short.push(pauseUs);
    if (this.#short.length < NEW_BEAT) return;
    this.#periodUs = mean(this.#short);
    this.#short = [];
    this.#window = [];
  }
}
