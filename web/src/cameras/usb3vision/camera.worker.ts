import { expose } from "comlink";

import { OpenCamera } from "./open-camera.ts";

expose(new OpenCamera());
