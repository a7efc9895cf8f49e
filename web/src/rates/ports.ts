import { createContext } from "svelte";
import type { Rates } from "./rates.svelte.ts";

/** What the plot of rates needs of the page. All of it is reactive. */
export interface RatesPort {
  readonly rates: Rates;
  /** Index in `video` of the camera whose rates are drawn. */
  readonly shownStream: number;
  /** `nameAmongSeveral`: its name, where there are several; null: there is one. */
  readonly camera: { readonly nameAmongSeveral: string | null };
  /** The plot is drawn with the colours of this theme. */
  readonly preferences: { readonly theme: string };
}

export const [useRates, provideRates] = createContext<RatesPort>();
