import { type ArchivePlace, archiveLabel } from "../core/archive-place.ts";
import { type PlaneAxis, frameCount } from "../core/axes.ts";
import type {
  Damage,
  FrameAvailability,
  PixelSize,
  PlaneRequest,
  PlaneSink,
  PlaneSource,
  ShownPicture,
  SourceExtent,
  SourceGaps,
} from "../core/plane-source.ts";
import type { StoreReader } from "../data/store-reader.ts";
import { type StoredPlanes, openArchive } from "../data/stored-planes.ts";
import { damagesWith } from "./damages.ts";

/** An `.ozx` or `.zip` file of this computer, or of a server. Its bytes do not change; which frames were lost it does not tell. */
export class ArchiveSource implements PlaneSource {
  readonly name: string;
  /** What a page's address can name it by; null: a file, of which a page may not know where it lies. */
  readonly address: string | null;
  readonly place = null;
  readonly info = null;
  readonly losses = null;
  readonly live = null;
  readonly axes: PlaneAxis[];
  damages = $state.raw<Damage[]>([]);
  readonly #planes: StoredPlanes;

  private constructor(place: ArchivePlace, planes: StoredPlanes) {
    this.name = archiveLabel(place);
    this.address = place.kind === "url" ? place.url : null;
    this.#planes = planes;
    this.axes = planes.axes;
  }

  /** Throws a sentence for users where it cannot be shown. */
  static async open(place: ArchivePlace, reader: StoreReader, signal: AbortSignal): Promise<ArchiveSource> {
    return new ArchiveSource(place, await openArchive(reader, place, signal));
  }

  get image() {
    return this.#planes.description;
  }
  get extent(): SourceExtent {
    const readable = frameCount(this.axes) ?? 0;
    return { readable, decided: readable };
  }
  get gaps(): SourceGaps {
    return { losses: [], capturedEnd: null, damages: this.damages };
  }
  get pixelSize(): PixelSize {
    const { x, y } = this.image;
    return { x: x.scale, y: y.scale, unit: x.unit };
  }
  availability(): FrameAvailability {
    return { kind: "readable" };
  }
  clockMs(): null {
    return null;
  }
  open() {
    return Promise.resolve(this.image);
  }
  read(request: PlaneRequest, sink: PlaneSink, signal: AbortSignal): Promise<void> {
    return this.#planes.read(request, sink, signal);
  }
  subscribe(): () => void {
    return () => undefined;
  }
  takeShown(shown: ShownPicture): void {
    this.damages = damagesWith(this.damages, shown, this.axes);
  }
  close(): void {
    this.#planes.close();
  }
}
