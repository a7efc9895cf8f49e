import type { Size, View } from "../core/geometry.ts";
import type { Look } from "../core/look.ts";
import type { Picture } from "../core/picture.ts";
import type { Gpu, Texel } from "./gpu.ts";
import { type Projection, colouring, projection } from "./projection.ts";
import type { RenderCounters, Renderer } from "./renderer.ts";
import { type Tile, tilesOf } from "./tiles.ts";

/** A device that has not drawn for so long will not, or too slowly to look at, ms. */
const ANSWER_MS = 5000;
const LOOK_BYTES = 16 + 1024 + 16;
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

/** Raw pixels in kept textures; the shader does the rest. */
export class WebGpuRenderer implements Renderer {
  readonly kind = "webgpu";
  readonly counters: RenderCounters = { uploads: 0, uploadedBytes: 0, draws: 0 };
  readonly #gpu: Gpu;
  readonly #canvas: OffscreenCanvas;
  readonly #context: GPUCanvasContext;
  readonly #maxSide: number;
  readonly #look: GPUBuffer;
  readonly #lookGroup: GPUBindGroup;
  #picture: Picture | null = null;
  #texel: Texel = "u32";
  #shape = "";
  #tiles: GpuTile[] = [];

  /** @param maxSide largest side of a texture, px; the device's own limit unless something smaller is wanted. */
  constructor(gpu: Gpu, canvas: OffscreenCanvas, maxSide = gpu.maxSide) {
    const context = canvas.getContext("webgpu");
    if (!context) throw new Error("The canvas gives no WebGPU context.");
    this.#gpu = gpu;
    this.#canvas = canvas;
    this.#context = context;
    this.#maxSide = Math.min(maxSide, gpu.maxSide);
    const { device } = gpu;
    context.configure({ device, format: gpu.canvasFormat, alphaMode: "premultiplied" });
    this.#look = device.createBuffer({ size: LOOK_BYTES, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    this.#lookGroup = device.createBindGroup({
      layout: gpu.lookLayout,
      entries: [{ binding: 0, resource: { buffer: this.#look } }],
    });
  }

  resize({ width, height }: Size): void {
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
  }

  setPicture(picture: Picture | null): void {
    this.#picture = picture;
    if (!picture) return;
    const { format, texel, bytes } = textureKind(picture);
    const shape = `${picture.width} ${picture.height} ${format}`;
    if (shape !== this.#shape) {
      this.#release();
      this.#shape = shape;
      this.#texel = texel;
      this.#tiles = tilesOf(picture.width, picture.height, this.#maxSide).map((tile) => this.#make(tile, format));
    }
    const bytesPerRow = picture.width * bytes;
    for (const { held, texture } of this.#tiles) {
      this.#gpu.device.queue.writeTexture(
        { texture },
        picture.pixels as unknown as GPUAllowSharedBufferSource,
        { offset: held.y * bytesPerRow + held.x * bytes, bytesPerRow },
        { width: held.width, height: held.height },
      );
      this.counters.uploads++;
      this.counters.uploadedBytes += held.width * held.height * bytes;
    }
  }

  draw(view: View, look: Look): Promise<void> {
    this.counters.draws++;
    this.#render(this.#context.getCurrentTexture(), this.#gpu.canvasFormat, view, look);
    const { queue } = this.#gpu.device;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The graphics device has not answered for ${ANSWER_MS / 1000} s.`)),
        ANSWER_MS,
      );
      queue.onSubmittedWorkDone().then(
        () => {
          clearTimeout(timer);
          resolve();
        },
        // It went while it drew: its loss is told by the device itself, or else the time runs out.
        () => undefined,
      );
    });
  }

  async capture(view: View, look: Look) {
    const { width, height } = this.#canvas;
    const { device } = this.#gpu;
    const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
    const texture = device.createTexture({ size: { width, height }, format: "rgba8unorm", usage });
    const bytesPerRow = Math.ceil((width * 4) / 256) * 256;
    const buffer = device.createBuffer({
      size: bytesPerRow * height,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    try {
      this.#render(texture, "rgba8unorm", view, look);
      const encoder = device.createCommandEncoder();
      encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow }, { width, height });
      device.queue.submit([encoder.finish()]);
      await buffer.mapAsync(GPUMapMode.READ);
      const rows = new Uint8Array(buffer.getMappedRange());
      const data = new Uint8ClampedArray(width * height * 4);
      for (let y = 0; y < height; y++) {
        data.set(rows.subarray(y * bytesPerRow, y * bytesPerRow + width * 4), y * width * 4);
      }
      return { width, height, data };
    } finally {
      texture.destroy();
      buffer.destroy();
    }
  }

  dispose(): void {
    this.#release();
    this.#look.destroy();
    this.#context.unconfigure();
  }

  #render(target: GPUTexture, format: GPUTextureFormat, view: View, look: Look): void {
    const { device } = this.#gpu;
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view: target.createView(), loadOp: "clear", storeOp: "store", clearValue: [0, 0, 0, 0] }],
    });
    const picture = this.#picture;
    if (picture) {
      device.queue.writeBuffer(this.#look, 0, lookUniforms(look, picture));
      const project = projection(view, { width: target.width, height: target.height }, picture);
      pass.setPipeline(this.#gpu.pipeline(this.#texel, format));
      pass.setBindGroup(0, this.#lookGroup);
      for (const tile of this.#tiles) {
        device.queue.writeBuffer(tile.uniforms, 0, placeUniforms(project, tile));
        pass.setBindGroup(1, tile.group);
        pass.draw(3);
      }
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
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
      layout: this.#gpu.placeLayout(this.#texel),
      entries: [
        { binding: 0, resource: { buffer: uniforms } },
        { binding: 1, resource: texture.createView() },
      ],
    });
    return { ...tile, texture, uniforms, group };
  }

  #release(): void {
    for (const { texture, uniforms } of this.#tiles) {
      texture.destroy();
      uniforms.destroy();
    }
    this.#tiles = [];
    this.#shape = "";
  }
}

function lookUniforms(look: Look, picture: Picture): ArrayBuffer {
  const buffer = new ArrayBuffer(LOOK_BYTES);
  const { table, mark, white } = colouring(look, picture);
  const perSpan = 1 / Math.max(look.max - look.min, 1e-30);
  // Infinity may be assumed away by a shader compiler; no value reaches this.
  new Float32Array(buffer, 0, 4).set([look.min, perSpan, 1 / look.gamma, Math.min(white, 3.4e38)]);
  new Uint32Array(buffer, 16, 256).set(table);
  new Uint32Array(buffer, 16 + 1024, 1).set([mark]);
  return buffer;
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
