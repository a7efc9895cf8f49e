// Owns the cameras of this page and records them, away from what the page draws.
import { expose } from "comlink";

import { WorkerSide } from "./worker-side.ts";

expose(new WorkerSide());
