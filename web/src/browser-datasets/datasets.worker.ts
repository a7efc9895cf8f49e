// Looks into the browser's own storage, and tidies it, away from what the page draws. The page controls it by comlink; pixels go by
// ports of their own.
import { expose } from "comlink";

import { Datasets } from "./datasets.ts";

expose(new Datasets());
