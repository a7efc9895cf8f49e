import type { PixelType } from "@zarrcam/protocol";

/** What the cameras' worker is told: a camera runs, is looked at by the port, and stops after so many frames. */
export interface CameraRun {
  camera: string;
  shape: [number, number];
  pixelType: PixelType;
  periodUs: number;
  frames: number;
  /** Whose pictures they are: in their header. */
  run: number;
  port: MessagePort;
}
