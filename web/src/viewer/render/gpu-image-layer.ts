import type { Picture } from "../core/picture.ts";
import type { Gpu, Texel } from "./gpu.ts";
import { type Colouring, type Projection, LUT_SIZE } from "./projection.ts";
import { type Tile, tilesOf } from "./tiles.ts";

const DISPLAY_BYTES = 16;
const PLACE_BYTES = 80;

interface GpuTile extends Tile {
  texture: GPUTexture;
  uniforms: GPUBuffer;
  group: GPUBindGroup;
}

function textureKind({ pixelType }: Picture): { format: GPUTextureFormat; texel: Texel; bytes: number } {
  switch (pixelType) {
    case "U8":
      return { format: "r8uint", texel: "u32", bytes: 1 };
    case "I8":
      return { format: "r8sint", texel: "i32", bytes: 1 };
    case "I16":
      return { format: "r16sint", texel: "i32", bytes: 2 };
    case "F32":
      return { format: "r32float", texel: "f32", bytes: 4 };
    case "U10":
    case "U12":
    case "U14":
    case "U16":
      return { format: "r16uint", texel: "u32", bytes: 2 };
  }
}

/** What one layer keeps on the GPU: the raw pixels in textures, and how values become colours. */
export class GpuImageLayer {
  /** What its textures hold. */
  picture: Picture | null = null;
  texel: Texel = "u32";
  tiles: GpuTile[] = [];
  readonly displayGroup: GPUBindGroup;
  readonly #gpu: Gpu;
  readonly #maxSide: number;
  readonly #display: GPUBuffer;
  readonly #lut: GPUTexture;
  #lookupTable: Uint32Array | null = null;
  #shape = "";

  constructor(gpu: Gpu, maxSide: number) {
    this.#gpu = gpu;
    this.#maxSide = maxSide;
    const { device } = gpu;
    this.#display = device.createBuffer({
      size: DISPLAY_BYTES,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.#lut = device.createTexture({
      size: { width: LUT_SIZE, height: 1 },
      format: "rgba8unorm",
      usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST,
    });
    this.displayGroup = device.createBindGroup({
      layout: gpu.displayLayout,
      entries: [
        { binding: 0, resource: { buffer: this.#display } },
        { binding: 1, resource: this.#lut.createView() },
      ],
    });
  }

  /** Writes the pixels to kept textures. @returns how many writes and bytes it took. */
  setPicture(picture: Picture): { uploads: number; bytes: number } {
    this.picture = picture;
    const { format, texel, bytes } = textureKind(picture);
    const shape = `${picture.width} ${picture.height} ${format}`;
    if (shape !== this.#shape) {
      this.#release();
      this.#shape = shape;
      this.texel = texel;
      this.tiles = tilesOf(picture.width, picture.height, this.#maxSide).map((tile) => this.#make(tile, format));
    }
    const bytesPerRow = picture.width * bytes;
    const count = { uploads: 0, bytes: 0 };
    for (const { held, texture } of this.tiles) {
      this.#gpu.device.queue.writeTexture(
        { texture },
        picture.pixels as unknown as GPUAllowSharedBufferSource,
        { offset: held.y * bytesPerRow + held.x * bytes, bytesPerRow },
        { width: held.width, height: held.height },
      );
      count.uploads++;
      count.bytes += held.width * held.height * bytes;
    }
    return count;
  }

  place(project: Projection, { lut, minimum, toLut, white, mark }: Colouring): void {
    const { queue } = this.#gpu.device;
    const display = new ArrayBuffer(DISPLAY_BYTES);
    // Infinity may be assumed away by a shader compiler; no value reaches this.
    new Float32Array(display, 0, 3).set([minimum, toLut, Math.min(white, 3.4e38)]);
    new Uint32Array(display, 12, 1).set([mark]);
    queue.writeBuffer(this.#display, 0, display);
    if (lut !== this.#lookupTable) {
      this.#lookupTable = lut;
      queue.writeTexture({ texture: this.#lut }, lut as Uint32Array<ArrayBuffer>, {}, { width: LUT_SIZE, height: 1 });
    }
    for (const tile of this.tiles) queue.writeBuffer(tile.uniforms, 0, placeUniforms(project, tile));
  }

  dispose(): void {
    this.#release();
    this.#display.destroy();
    this.#lut.destroy();
  }

  #make(tile: Tile, format: GPUTextureFormat): GpuTile {
    const { device } = this.#gpu;
    const texture = device.createTexture({
      size: { width: tile.held.width, height: tile.held.height },
      format,
      usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST,
    });
    const uniforms = device.createBuffer({
      size: PLACE_BYTES,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    const group = device.createBindGroup({
      layout: this.#gpu.placeLayout(this.texel),
      entries: [
        { binding: 0, resource: { buffer: uniforms } },
        { binding: 1, resource: texture.createView() },
      ],
    });
    return { ...tile, texture, uniforms, group };
  }

  #release(): void {
    for (const { texture, uniforms } of this.tiles) {
      texture.destroy();
      uniforms.destroy();
    }
    this.tiles = [];
    this.#shape = "";
  }
}

function placeUniforms(project: Projection, { core, held }: Tile): ArrayBuffer {
  const buffer = new ArrayBuffer(PLACE_BYTES);
  const { originX, originY, stepX, stepY, limitX, limitY, tapsX, tapsY, nearest } = project;
  new Float32Array(buffer, 0, 6).set([originX, originY, stepX, stepY, limitX, limitY]);
  new Uint32Array(buffer, 24, 2).set([tapsX, tapsY]);
  const edges = (part: Tile["core"]) => [part.x, part.y, part.x + part.width, part.y + part.height];
  new Int32Array(buffer, 32, 8).set([...edges(core), ...edges(held)]);
  new Uint32Array(buffer, 64, 1).set([nearest ? 1 : 0]);
  return buffer;
}
