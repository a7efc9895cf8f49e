import { type InferOutput, boolean, object, string } from "valibot";

/** What a bridge says to who asks `GET /hello`, before there is a connection. */
export const introductionSchema = object({
  version: string(),
  /** The subprotocol of its control socket. */
  protocol: string(),
  /** Whether the page that asked may connect to the control socket; else it may read the data, and no more. */
  may_control: boolean(),
});
export type Introduction = InferOutput<typeof introductionSchema>;
