import { custom } from "valibot";

/** An object as JSON has it, kept as it is; valibot's own records take arrays as well. */
export const plainObject = custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "Expected an object",
);
