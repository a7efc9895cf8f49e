import { expect, test } from "vitest";

import { wayIn } from "./first-invitation.ts";

test("into a file or a pipe no secret is written: nobody is even asked for one", async () => {
  const said = await wayIn("ws://127.0.0.1:1/ws", {});
  expect(said).toContain("npx zarrcam access invite");
  expect(said).not.toContain("pair=");
});
