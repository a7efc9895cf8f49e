import type { PreviewEncoding, PreviewSize } from "@zarrcam/protocol";

import type { LinkEstimate } from "./link-meter.ts";
import { AS_ASKED, type PictureForm, type PictureShape, bytesOf, formsOf, sameForm } from "./picture-forms.ts";

/** A picture may take so long, ms: eight a second, and a command that waits behind two of them is answered in half a second. */
const MOST_MS = 125;
/** What is chosen in its place is to take no longer, ms: else noise alone would ask for the next. */
const WANTED_MS = 100;
/** A better form is to take no longer, ms. */
const BETTER_MS = 60;
/** A better form is that many times as large at most: how long it takes is guessed from the small ones. */
const MOST_GROWTH = 6;
/** A better form must have been possible for so long, ms; after one that was taken back twice as long each time. */
const FIRST_PATIENCE_MS = 1000;
const LAST_PATIENCE_MS = 32_000;
/** A better form that is given up so soon was a mistake, ms. */
const MISTAKE_MS = 10_000;
/** A picture that rests is sent once more, whole, where that takes no longer, ms. */
const WHOLE_MS = 2000;
/** How fast what encodings make of pictures is learned, as a part of each new picture. */
const LEARNING = 0.3;

/**
 * In which form the pictures of one subscription go. Worse ones are taken at once when pictures take too long, better ones when
 * they would have been possible for a while: so nothing flickers, and what a link regains comes back. All times are of one clock, ms.
 */
export class FormChooser {
  #encodings: readonly PreviewEncoding[] = [];
  #lossless = false;
  #form = AS_ASKED;
  /** As asked for; null: no picture has come of this request. */
  #shape: PictureShape | null = null;
  #bloscPart = 0.65;
  #jpegBytesPerPixel = 0.3;
  #betterSinceMs: number | null = null;
  #patienceMs = FIRST_PATIENCE_MS;
  #improvedMs = -Infinity;

  get form(): PictureForm {
    return this.#form;
  }

  /** What the client takes, and whether nothing may be lost. @param resized the picture is of another size or region */
  ask(encodings: readonly PreviewEncoding[], lossless: boolean, resized: boolean): void {
    this.#encodings = encodings;
    this.#lossless = lossless;
    if (resized) this.#shape = null;
    if (lossless && (this.#form.reduce > 1 || this.#form.encoding === "jpeg")) this.#form = AS_ASKED;
  }

  /** A picture is there. */
  made({ width, height, bytesPerPixel, encoding, reduced, payloadBytes }: PreviewSize): void {
    const pixels = Math.max(1, width * height);
    if (encoding === "blosc") this.#bloscPart += LEARNING * (payloadBytes / (pixels * bytesPerPixel) - this.#bloscPart);
    if (encoding === "jpeg") this.#jpegBytesPerPixel += LEARNING * (payloadBytes / pixels - this.#jpegBytesPerPixel);
    this.#shape = { width: width * reduced, height: height * reduced, bytesPerPixel };
  }

  /** Bytes that the next picture will take, about; null: none has come. */
  get bytes(): number | null {
    return this.#shape && this.#bytesOf(this.#form, this.#shape);
  }

  /**
   * @param sharers how many subscriptions share the link
   * @param guess of the picture's size where none has come
   */
  choose({ bytesPerS }: LinkEstimate, sharers: number, guess: PictureShape, nowMs: number): PictureForm {
    if (this.#encodings.length === 0) return AS_ASKED;
    const shape = this.#shape ?? guess;
    const forms = formsOf(shape, this.#encodings, this.#lossless);
    const takesMs = (form: PictureForm) =>
      bytesPerS === null ? 0 : ((this.#bytesOf(form, shape) * Math.max(1, sharers)) / bytesPerS) * 1000;
    // Of another size there may be no such form.
    const at = forms.findIndex((form) => sameForm(form, this.#form));
    if (at < 0 || takesMs(this.#form) > MOST_MS) this.#worsen(forms, takesMs, nowMs);
    else this.#improve(forms.slice(0, at), takesMs, shape, nowMs);
    return this.#form;
  }

  /** The form in which a picture that stays on the screen loses nothing; null: that takes too long, or it is so already. */
  whole({ bytesPerS }: LinkEstimate): PictureForm | null {
    const { reduce, encoding } = this.#form;
    if (this.#shape === null || (reduce === 1 && encoding !== "jpeg")) return null;
    const form = formsOf(this.#shape, this.#encodings, true).at(-1) ?? AS_ASKED;
    const takesMs = bytesPerS === null ? 0 : (this.#bytesOf(form, this.#shape) / bytesPerS) * 1000;
    return takesMs <= WHOLE_MS ? form : null;
  }

  #worsen(forms: readonly PictureForm[], takesMs: (form: PictureForm) => number, nowMs: number): void {
    const form = forms.find((one) => takesMs(one) <= WANTED_MS) ?? forms.at(-1) ?? AS_ASKED;
    this.#betterSinceMs = null;
    if (sameForm(form, this.#form)) return;
    if (nowMs - this.#improvedMs < MISTAKE_MS) this.#patienceMs = Math.min(LAST_PATIENCE_MS, 2 * this.#patienceMs);
    this.#improvedMs = -Infinity;
    this.#form = form;
  }

  #improve(
    better: readonly PictureForm[],
    takesMs: (form: PictureForm) => number,
    shape: PictureShape,
    nowMs: number,
  ): void {
    if (nowMs - this.#improvedMs > MISTAKE_MS && Number.isFinite(this.#improvedMs)) {
      this.#patienceMs = FIRST_PATIENCE_MS;
      this.#improvedMs = -Infinity;
    }
    const most = MOST_GROWTH * this.#bytesOf(this.#form, shape);
    const form = better.find((one) => takesMs(one) <= BETTER_MS && this.#bytesOf(one, shape) <= most);
    if (!form) {
      this.#betterSinceMs = null;
      return;
    }
    this.#betterSinceMs ??= nowMs;
    if (nowMs - this.#betterSinceMs < this.#patienceMs) return;
    this.#betterSinceMs = null;
    this.#improvedMs = nowMs;
    this.#form = form;
  }

  #bytesOf(form: PictureForm, shape: PictureShape): number {
    return bytesOf(form, shape, { bloscPart: this.#bloscPart, jpegBytesPerPixel: this.#jpegBytesPerPixel });
  }
}
