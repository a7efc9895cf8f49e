/** Another value of one field of the document; `undefined` takes the field out. */
export interface Edit {
  path: string;
  value: unknown;
}
