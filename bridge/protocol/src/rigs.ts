/** A camera computer that says in the local network that it is there. Whoever answers can say anything: it is text, and no trust. */
export interface FoundRig {
  /** What people call it, on one line. */
  name: string;
  /** What its computer is called; empty: it does not tell. */
  host: string;
  /** Origins of its page, the best first: `https://192.168.1.5:8421`. Never one outside of the local networks. */
  origins: string[];
  /** Of zarrcam; empty: it does not tell. */
  version: string;
}

/** Answer of `rigs.discover`. */
export interface RigSearch {
  /** Who answered besides this camera computer itself, by name; at most 64. */
  rigs: FoundRig[];
  /** There are more than are told. */
  more: boolean;
  /** Why nobody could be asked, in sentences with the way out; null: the network was asked. */
  problem: string | null;
}
