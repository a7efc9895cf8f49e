export interface ToFlusher {
  number: number;
  path: string;
}

/** `refusal`: why it could not be done; null: it was. */
export interface FromFlusher {
  number: number;
  refusal: { name: string; message: string } | null;
}
