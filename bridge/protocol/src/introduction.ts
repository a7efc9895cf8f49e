import { type InferOutput, boolean, exactOptional, nullable, object, optional, picklist, string } from "valibot";

import { roles } from "./roles.ts";

/** What a bridge says to who asks `GET /hello`, before there is a connection. */
export const introductionSchema = object({
  version: string(),
  /** The subprotocol of its control socket. */
  protocol: string(),
  /** Whether a page of this origin may connect to the control socket; else it may read the data, and no more. */
  may_control: boolean(),
  /** What people call the camera computer. A bridge of before has none. */
  rig_name: exactOptional(string()),
  /** Who the asker is to the bridge; null: nobody that it knows, so it must be paired first. A bridge of before does not say. */
  you: optional(
    nullable(
      object({
        id: string(),
        name: string(),
        role: picklist(roles),
        kind: picklist(["this_computer", "device", "token", "insecure"]),
      }),
    ),
  ),
});
export type Introduction = InferOutput<typeof introductionSchema>;
