import type { IncomingMessage } from "node:http";
import { request } from "node:https";

import { DisconnectedError } from "../errors.ts";
import { FrameStream, type FramesOptions, framesAddress, framesRefused } from "../remote/frame-stream.ts";
import { bearer } from "../remote/shown.ts";
import { authorityOf, trusting } from "./authority.ts";

/**
 * `FrameStream.open` for Node, of a bridge that is trusted by its pin: `fetch` there takes no certificate of one connection's own.
 *
 * @param url the bridge's: `https://rig.local:8421/`
 * @param pin as `connect` takes it
 */
export async function openFrames(
  url: string,
  { pin, ...options }: FramesOptions & { pin?: string } = {},
): Promise<FrameStream> {
  if (pin === undefined) return FrameStream.open(url, options);
  const certificate = await authorityOf(url, pin);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const { signal } = options;
    const asked = request(framesAddress(url, options), {
      agent: false,
      headers: bearer(options),
      ...trusting(certificate),
      ...(signal && { signal }),
    });
    asked.once("response", resolve);
    asked.once("error", (cause) => {
      reject(signal?.aborted ? cause : new DisconnectedError(`No zarrcam answers at ${url}.`, { cause }));
    });
    asked.end();
  });
  if (answer.statusCode === 200) return new FrameStream(answer, options);
  let text = "";
  for await (const part of answer.setEncoding("utf8") as AsyncIterable<string>) text += part;
  throw framesRefused(answer.statusCode ?? 0, text);
}
