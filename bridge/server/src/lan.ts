import type { Socket } from "node:net";

import type { Credentials, Say } from "./listeners/credentials.ts";
import { GivenCertificate } from "./listeners/given-certificate.ts";
import { lanAddresses } from "./listeners/lan-addresses.ts";
import { LanListeners } from "./listeners/lan-listeners.ts";
import type { LanOptions } from "./listeners/lan-options.ts";
import { isNameOf } from "./listeners/listener.ts";
import { OwnAuthority } from "./listeners/own-authority.ts";
import { ownNames } from "./listeners/own-names.ts";
import type { PlainAnswer, PlainRequest } from "./listeners/plain-http.ts";
import { html } from "./trust/html.ts";
import { TrustPages } from "./trust/trust-pages.ts";

/** Other computers' way in: what protects it, which names it has, and what is told to who does not trust it yet. */
export class Lan {
  readonly trust: TrustPages | null;
  readonly #names: readonly string[];
  readonly #addresses: () => readonly string[];
  readonly #credentials: Credentials | null;
  readonly #say: Say;

  private constructor(
    names: readonly string[],
    addresses: () => readonly string[],
    credentials: Credentials | null,
    say: Say,
  ) {
    this.#names = names;
    this.#addresses = addresses;
    this.#credentials = credentials;
    this.#say = say;
    this.trust = credentials && new TrustPages(credentials);
  }

  /** Throws, in whole sentences with the way out, where the certificate cannot be used. */
  static async prepare(options: LanOptions, stateDir: string | null, say: Say): Promise<Lan> {
    const { interfaces, protection } = options;
    const addresses = options.addresses ?? (() => lanAddresses(interfaces).map(({ address }) => address));
    const names = ownNames(options.names);
    if (protection.kind === "files") {
      const { certificate, key } = protection;
      return new Lan(names, addresses, await GivenCertificate.open({ certificate, key }, say), say);
    }
    if (protection.kind === "authority") {
      return new Lan(names, addresses, await OwnAuthority.open({ folder: stateDir, names, say }, addresses()), say);
    }
    say(
      "warning",
      "Other computers reach this bridge by plain http (--insecure): everybody in the network reads along, secrets included, and can " +
        "take control in somebody's name. Browsers have no WebGPU, no recording into the browser and no USB cameras there.",
    );
    return new Lan(names, addresses, null, say);
  }

  /** Listens. @param take takes a connection that is ready for requests. */
  async open(port: number, backlog: number, take: (socket: Socket) => void): Promise<LanListeners> {
    const listeners: LanListeners = new LanListeners({
      port,
      backlog,
      take,
      addresses: this.#addresses,
      names: this.#names,
      credentials: this.#credentials,
      say: this.#say,
      answerPlain: (request) => this.#answerPlain(request, secureUrl(request.host, listeners)),
    });
    await listeners.open();
    return listeners;
  }

  #answerPlain({ path, host, wantsHtml }: PlainRequest, url: string): PlainAnswer {
    const segments = path.split(/[?#]/, 1)[0]?.split("/").filter(Boolean) ?? [];
    const page = this.trust?.answer(segments, url, false);
    if (page) {
      const { contentType, headers, body } = page;
      return { status: "200 OK", headers: { ...headers, "Content-Type": contentType }, body };
    }
    const trust = host === "" ? null : `http://${host}/trust`;
    const text = wantsHtml
      ? html`<!doctype html><meta charset="utf-8" /><title>zarrcam speaks https</title>
          <p>This port speaks https: <a href="${url}">${url}</a></p>
          <p>The first time on this computer? <a href="/trust">How it is told to trust the camera computer</a></p> `
      : `This port speaks https: ${url}\n${trust ? `The first time on this computer? ${trust}\n` : ""}`;
    const contentType = `text/${wantsHtml ? "html" : "plain"}; charset=utf-8`;
    const headers = {
      "Content-Type": contentType,
      "Content-Security-Policy": "default-src 'none'",
      "Cache-Control": "no-store",
    };
    return { status: "400 Bad Request", headers, body: Buffer.from(text) };
  }
}

/** The bridge over https, by the name that a client knows it by; by the best one where that is not ours. */
export function secureUrl(host: string, { listener, urls }: LanListeners): string {
  return isNameOf(host, listener) ? `https://${host}/` : (urls[0] ?? "https://localhost/");
}
