import type { Size, View } from "../core/geometry.ts";
import { readCanvas } from "./canvas-reader.ts";
import { GpuImageLayer } from "./gpu-image-layer.ts";
import type { Gpu } from "./gpu.ts";
import { colouring, projection } from "./projection.ts";
import type { ImageLayer, RenderCounters, Renderer } from "./renderer.ts";

/** A device that has not drawn for so long will not, or too slowly to look at, ms. */
const ANSWER_MS = 5000;

/** Raw pixels in kept textures; the shader does the rest. */
export class WebGpuRenderer implements Renderer {
  readonly kind = "webgpu";
  /** A device that is gone is told of by itself. */
  readonly ready = true;
  readonly counters: RenderCounters = { uploads: 0, uploadedBytes: 0, draws: 0 };
  readonly #gpu: Gpu;
  readonly #canvas: OffscreenCanvas;
  readonly #context: GPUCanvasContext;
  readonly #maxSide: number;
  /** One for each layer that is drawn at once; one that is switched off keeps its textures until a picture stands alone. */
  readonly #layers: GpuImageLayer[] = [];

  /** @param maxSide largest side of a texture, px; the device's own limit unless something smaller is wanted. */
  constructor(gpu: Gpu, canvas: OffscreenCanvas, maxSide = gpu.maxSide) {
    const context = canvas.getContext("webgpu");
    if (!context) throw new Error("The canvas gives no WebGPU context.");
    this.#gpu = gpu;
    this.#canvas = canvas;
    this.#context = context;
    this.#maxSide = Math.min(maxSide, gpu.maxSide);
    context.configure({ device: gpu.device, format: gpu.canvasFormat, alphaMode: "premultiplied" });
  }

  resize({ width, height }: Size): void {
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
  }

  draw(view: View, layers: ImageLayer[]): Promise<void> {
    this.counters.draws++;
    this.#render(this.#context.getCurrentTexture(), this.#gpu.canvasFormat, view, layers);
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

  read(x: number, y: number): Uint8ClampedArray | null {
    return readCanvas(this.#canvas, x, y);
  }

  capture(view: View, layers: ImageLayer[]) {
    return this.#gpu.strictly(() => this.#capture(view, layers));
  }
  async #capture(view: View, layers: ImageLayer[]) {
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
      this.#render(texture, "rgba8unorm", view, layers);
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
    for (const layer of this.#layers) layer.dispose();
    this.#context.unconfigure();
  }

  #render(target: GPUTexture, format: GPUTextureFormat, view: View, layers: ImageLayer[]): void {
    const { device } = this.#gpu;
    const canvas = { width: target.width, height: target.height };
    layers.forEach(({ picture, display }, at) => {
      const own = (this.#layers[at] ??= new GpuImageLayer(this.#gpu, this.#maxSide));
      if (picture !== own.picture) {
        const { uploads, bytes } = own.setPicture(picture);
        this.counters.uploads += uploads;
        this.counters.uploadedBytes += bytes;
      }
      own.place(projection(view, canvas, picture), colouring(display, picture));
    });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view: target.createView(), loadOp: "clear", storeOp: "store", clearValue: [0, 0, 0, 0] }],
    });
    for (const { texel, displayGroup, tiles } of this.#layers.slice(0, layers.length)) {
      pass.setPipeline(this.#gpu.pipeline(texel, format));
      pass.setBindGroup(0, displayGroup);
      for (const { group } of tiles) {
        pass.setBindGroup(1, group);
        pass.draw(3);
      }
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
    if (layers.length < 2) for (const gone of this.#layers.splice(1)) gone.dispose();
  }
}
