import { createContext } from "svelte";
import { provideAccess } from "../access/ports.ts";
import { provideControl } from "../control/ports.ts";
import { provideDatasets } from "../datasets/ports.ts";
import { provideFrames } from "../frames/ports.ts";
import { provideLayout } from "../layout/ports.ts";
import { provideLog } from "../log/context.ts";
import { provideRates } from "../rates/ports.ts";
import { provideRun } from "../run/ports.ts";
import { provideSetup } from "../setup/ports.ts";
import { provideForm } from "../ui/form.ts";
import type { Workspace } from "./workspace.svelte.ts";

/** The workspace itself, for the components of this folder alone. */
const [useWorkspace, setWorkspace] = createContext<Workspace>();
export { useWorkspace };

/** Gives each folder its port. */
export function provideWorkspace(workspace: Workspace): void {
  setWorkspace(workspace);
  provideForm(workspace.form);
  provideAccess(workspace);
  provideSetup(workspace);
  provideLayout(workspace);
  provideRun(workspace);
  provideFrames(workspace);
  provideRates(workspace);
  provideDatasets(workspace);
  provideLog(workspace.log);
  provideControl(workspace);
}
