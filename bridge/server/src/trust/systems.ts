import { html, raw } from "./html.ts";

interface System {
  id: string;
  title: string;
  add: string;
  remove: string;
}

/** How each system is told, and how to take it back. @param name of the authority in lists. */
export function systems(name: string): string {
  return all(name)
    .map(
      ({ id, title, add, remove }) =>
        html`<details id="${id}">
          <summary>${title}</summary>
          <h3>Add</h3>
          ${raw(add)}
          <h3>Remove again</h3>
          ${raw(remove)}
        </details>`,
    )
    .join("\n");
}

const command = (text: string): string => html`<pre tabindex="0"><code>${text}</code></pre>`;

function all(name: string): System[] {
  const quoted = `"${name}"`;
  return [
    {
      id: "windows",
      title: "Windows (Chrome, Edge, Firefox)",
      add: html`<ol>
          <li>Open the downloaded file, and choose Install Certificate.</li>
          <li>
            Choose Current User, then “Place all certificates in the following store”, Browse, “Trusted Root
            Certification Authorities”.
          </li>
          <li>
            Finish. Windows shows the thumbprint once more: compare it, then say Yes. Close the browser and open it
            again.
          </li>
        </ol>
        <p>Or in a terminal, in the folder of the download:</p>
        ${raw(command("certutil -user -addstore Root zarrcam-authority.crt"))}
        <p>Firefox takes it from Windows (from version 120 on).</p>`,
      remove: html`<p>
          Start <code>certmgr.msc</code>, open Trusted Root Certification Authorities, Certificates, and delete
          <strong>${name}</strong>. Or in a terminal:
        </p>
        ${raw(command(`certutil -user -delstore Root ${quoted}`))}`,
    },
    {
      id: "macos",
      title: "macOS (Safari, Chrome, Firefox)",
      add: html`<ol>
          <li>Open the downloaded file: Keychain Access asks for a keychain; choose “login”.</li>
          <li>
            Double-click <strong>${name}</strong> there, open Trust, and choose “Always Trust” for Secure Sockets Layer
            (SSL).
          </li>
          <li>Close the window; macOS asks for your password. Close the browser and open it again.</li>
        </ol>
        <p>Or in a terminal, in the folder of the download:</p>
        ${raw(command("security add-trusted-cert -r trustRoot -p ssl -k ~/Library/Keychains/login.keychain-db zarrcam-authority.crt"))}
        <p>Firefox takes it from macOS (from version 120 on).</p>`,
      remove: html`<p>Delete <strong>${name}</strong> in Keychain Access. Or in a terminal:</p>
        ${raw(command(`security delete-certificate -c ${quoted} -t ~/Library/Keychains/login.keychain-db`))}`,
    },
    {
      id: "ios",
      title: "iPhone, iPad (Safari and all other browsers there)",
      add: html`<ol>
        <li>Download it in Safari, and allow the profile.</li>
        <li>Settings, “Profile Downloaded”, Install.</li>
        <li>
          Settings, General, About, Certificate Trust Settings: switch on full trust for <strong>${name}</strong>.
        </li>
      </ol>`,
      remove: html`<p>
        Settings, General, VPN &amp; Device Management, the profile <strong>${name}</strong>, Remove Profile.
      </p>`,
    },
    {
      id: "android",
      title: "Android (Chrome, Firefox)",
      add: html`<ol>
          <li>
            Settings, Security &amp; privacy, More security settings, Encryption &amp; credentials, Install a
            certificate, CA certificate. (The words differ by maker: search the settings for “CA certificate”.)
          </li>
          <li>Choose “Install anyway”, and the downloaded file.</li>
        </ol>
        <p>
          Firefox: Settings, About Firefox, tap the logo five times; then Settings, Secret Settings, “Use third party CA
          certificates”.
        </p>`,
      remove: html`<p>
        Settings, Encryption &amp; credentials, Trusted credentials, User: tap <strong>${name}</strong>, Remove.
      </p>`,
    },
    {
      id: "linux",
      title: "Linux: Chromium, Chrome, Edge",
      add: html`<ol>
          <li>Settings, Privacy and security, Security, Manage certificates.</li>
          <li>
            Local certificates, Custom, “Installed by you”, Trusted certificates, Import: choose the downloaded file.
            (Older versions: Authorities, Import, “Trust this certificate for identifying websites”.)
          </li>
        </ol>
        <p>
          Or in a terminal, with <code>certutil</code> (Debian and Ubuntu: <code>libnss3-tools</code>; Fedora:
          <code>nss-tools</code>), in the folder of the download, then close the browser and open it again:
        </p>
        ${raw(command(`mkdir -p ~/.pki/nssdb\ncertutil -d sql:$HOME/.pki/nssdb -A -t C,, -n ${quoted} -i zarrcam-authority.crt`))}`,
      remove: html`<p>Delete it in the same list, or in a terminal:</p>
        ${raw(command(`certutil -d sql:$HOME/.pki/nssdb -D -n ${quoted}`))}`,
    },
    {
      id: "linux-firefox",
      title: "Linux: Firefox",
      add: html`<ol>
        <li>
          Settings, Privacy &amp; Security, Certificates, View Certificates, Authorities, Import: choose the downloaded
          file.
        </li>
        <li>Tick “Trust this CA to identify websites”.</li>
      </ol>`,
      remove: html`<p>In the same list: <strong>zarrcam</strong>, <strong>${name}</strong>, Delete or Distrust.</p>`,
    },
    {
      id: "scripts",
      title: "Scripts (Python, curl)",
      add: html`<p>They need not trust it everywhere: name the file.</p>
        ${raw(command("curl --cacert zarrcam-authority.pem https://…"))}
        ${raw(command('ssl.create_default_context(cafile="zarrcam-authority.pem")'))}`,
      remove: html`<p>Delete the file.</p>`,
    },
  ];
}
