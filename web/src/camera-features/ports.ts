import type { CameraFeature } from "@zarrcam/protocol";

/** What the panel of a camera's own features, and the search for cameras, need of the page. */
export interface CameraFeaturesPort {
  /** All that the stream's camera knows by a name of its own, with what each is now. */
  readFeatures(stream: number): Promise<CameraFeature[]>;
  /** Has the drivers search again. @returns what people should know who miss a camera, in sentences */
  searchCameras(): Promise<string[]>;
}
