import type { X509Certificate } from "node:crypto";

import { html, raw } from "./html.ts";
import { systems } from "./systems.ts";

export interface TrustPageContent {
  authority: X509Certificate | null;
  anchor: X509Certificate;
  /** Of the bridge over https. */
  url: string;
  secure: boolean;
}

export function trustPage({ authority, anchor, url, secure }: TrustPageContent): string {
  const content = authority ? ownAuthority(authority, url, secure) : givenCertificate(anchor, url);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Trust this camera computer · zarrcam</title>
        <link rel="icon" href="/trust/icon.svg" />
        <link rel="stylesheet" href="/trust/trust.css" />
      </head>
      <body>
        <main>${raw(content)}</main>
      </body>
    </html> `;
}

function ownAuthority(authority: X509Certificate, url: string, secure: boolean): string {
  const name = commonName(authority);
  return html`<h1>Trust this camera computer</h1>
    <div id="state" role="status" data-state="unknown" data-secure="${secure ? "yes" : "no"}">
      <div data-when="unknown">
        <p>
          Open <a href="${url}trust">${url}trust</a>: if your browser shows no warning, it trusts this camera computer
          already, and nothing here is left to do.
        </p>
      </div>
      <div data-when="trusted" hidden>
        <p><strong>Your browser trusts this camera computer.</strong> <a href="${url}">Open zarrcam</a></p>
      </div>
      <div data-when="not-trusted" hidden>
        <p>
          <strong>Your browser does not trust this camera computer yet.</strong> Add its authority as below, then come
          back to this page; some browsers must be closed and opened again.
        </p>
      </div>
    </div>

    <h2>What this is for</h2>
    <p>
      All that goes between your browser and the camera computer is encrypted. For that the camera computer has a
      certificate, which it made itself, since no public authority gives one to a computer inside a network. Your
      browser must be told once that it may believe it. Only then does the page get what it needs: graphics by WebGPU,
      recording into this browser, cameras at this computer.
    </p>
    <p>
      You add an <em>authority</em> that this camera computer alone has. It can speak for nothing but the own names of
      the camera computer, names that end in <code>.local</code>, and addresses of private networks: it says so itself,
      in a way that browsers must heed. It cannot pose as a web site, a bank or your mail.
    </p>

    <h2>1. Download the authority</h2>
    <p>
      <a class="download" href="/trust/authority.crt" download>Download the authority</a>
      <a href="/trust/authority.pem" download>as text (PEM)</a>
    </p>

    <h2>2. Compare its fingerprint</h2>
    <p>
      Somebody between you and the camera computer could have put another in its place. So compare it with the
      fingerprint that the camera computer shows when zarrcam starts there. They must be the same:
    </p>
    <h3 id="sha256">SHA-256</h3>
    <span class="fingerprint" id="fingerprint">${authority.fingerprint256}</span>
    <p>
      Windows shows the shorter one, SHA-1, as its thumbprint:
      <code>${authority.fingerprint.replaceAll(":", "")}</code>. In lists of authorities it stands as
      <strong>${name}</strong>, of the organization zarrcam.
    </p>

    <h2>3. Add it to this computer</h2>
    ${raw(systems(name))}

    <h2>Why it is not enough to click the warning away</h2>
    <p>
      A browser lets you go on past its warning. But then it does not check any more who answers: whoever poses as the
      camera computer in your network would be let in, too, and could take the right to control it from you. The page
      also stays incomplete: browsers let it install nothing, some refuse the connection by which it talks to the
      bridge, and they ask again and again.
    </p>
    <script src="/trust/trust.js"></script>`;
}

function givenCertificate(anchor: X509Certificate, url: string): string {
  return html`<h1>The certificate of this camera computer</h1>
    <p>
      Whoever runs this camera computer gave it a certificate of its own. Open <a href="${url}">${url}</a>: if your
      browser shows no warning, all is well. If it does, the name in the address is not one of the certificate's, it has
      ended, or its issuer is not known to your browser: ask whoever runs the camera computer.
    </p>
    <h2>What it says</h2>
    <p>
      Issued by: ${oneLine(anchor.issuer)}<br />Names: ${anchor.subjectAltName ?? "none"}<br />Valid from
      ${anchor.validFrom} to ${anchor.validTo}
    </p>
    <h3>SHA-256</h3>
    <span class="fingerprint" id="fingerprint">${anchor.fingerprint256}</span>`;
}

/** By which people find a certificate in a list. */
function commonName({ subject }: X509Certificate): string {
  return /^CN=(.*)$/m.exec(subject)?.[1] ?? oneLine(subject);
}

function oneLine(name: string): string {
  return name.replaceAll("\n", ", ");
}
