/** Why a camera cannot be had, or does not do what it was asked for, in words that say the way out. */
export class CameraRefused extends Error {
  override readonly name: string = "CameraRefused";
  readonly code = "camera" as const;
  /** The field at fault, relative to the camera's settings (`frame_period_us`: the stream's); `null`: none is. */
  readonly path: string | null;

  constructor(message: string, path: string | null = null) {
    super(message);
    this.path = path;
  }
}
