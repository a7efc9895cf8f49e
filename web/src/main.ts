// First of all: what runs after it finds an address without the secret.
import { givenToken } from "./access/given-token.ts";
import { mount, unmount } from "svelte";
import "./app/tokens.css";
import "./app/base.css";
import { deviceName } from "./access/device-name.ts";
import { Entry } from "./access/entry.svelte.ts";
import { isLetIn } from "./access/entry-client.ts";
import EntryPage from "./access/EntryPage.svelte";
import App from "./app/App.svelte";
import { Preferences } from "./app/preferences.svelte.ts";
import { Workspace } from "./app/workspace.svelte.ts";
import { bridgeOrigin } from "./connection/bridge-address.ts";
import { isOfThisComputer } from "./connection/bridge-access.ts";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

/** Who comes from another computer must be let in; here, and on the site, nobody asks. */
if (bridgeOrigin() !== location.origin || isOfThisComputer(location.origin)) begin(target);
else void enterFirst(target).then(() => begin(target));

function begin(target: HTMLElement): void {
  const workspace = new Workspace();
  mount(App, { target, props: { workspace } });
  workspace.connect();
}

/** Resolves when the page is let in. Where nobody answers it goes on, and says so itself. */
async function enterFirst(target: HTMLElement): Promise<void> {
  const known = await isLetIn();
  if (givenToken === null && known !== false) return;
  // The theme that this browser has chosen.
  new Preferences();
  await new Promise<void>((resolve) => {
    const port = {
      origin: location.origin,
      deviceName: deviceName(navigator),
      open: (link: string) => location.assign(link),
      entered: (): void => void unmount(page).then(resolve),
    };
    const entry = new Entry(port, givenToken);
    const goOn = known ? port.entered : null;
    const page = mount(EntryPage, { target, props: { entry, host: location.hostname, goOn } });
  });
}
