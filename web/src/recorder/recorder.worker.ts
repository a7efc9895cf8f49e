// Records into the browser's own storage, away from what the page draws. The page controls it by comlink; frames never cross.
import { expose } from "comlink";

import { Recorder } from "./recorder.ts";

expose(new Recorder());
