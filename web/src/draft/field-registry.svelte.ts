import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { contains } from "../configuration/path.ts";

/** Which fields are on the page, by the paths of their values: a problem stands beside the one that is nearest to it. */
export class FieldRegistry {
  /** Paths, with how many fields stand for each. */
  readonly #fields = new SvelteMap<string, number>();

  /**
   * Says that a field for these paths is on the page.
   * @returns a function that takes it back
   */
  register(paths: readonly string[]): () => void {
    for (const path of paths) this.#count(path, 1);
    return () => {
      for (const path of paths) this.#count(path, -1);
    };
  }

  /** The field of this path, or the nearest one around it; null: none is on the page. Reactive. */
  nearest(path: string): string | null {
    let best: string | null = null;
    for (const field of this.#fields.keys()) {
      if ((field === path || contains(field, path)) && (best === null || field.length > best.length)) best = field;
    }
    return best;
  }

  /** Called from effects, which must not run again because a field came or went. */
  #count(path: string, by: 1 | -1): void {
    untrack(() => {
      const next = (this.#fields.get(path) ?? 0) + by;
      if (next > 0) this.#fields.set(path, next);
      else this.#fields.delete(path);
    });
  }
}
