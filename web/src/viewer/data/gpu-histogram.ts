import type { PixelType } from "@zarrcam/protocol";

import { floatHistogram, histogramOfValues } from "../core/histogram.ts";
import { softwareAdapter } from "../core/software-adapter.ts";
import type { Histogram, PixelArray } from "../core/picture.ts";
import source from "./histogram.wgsl?raw";

type Pass = "count_values" | "find_extremes" | "count_floats";

const VALUES = 65_536;
const WORKGROUPS = 256;

/** Counts planes by compute shader. One at a time; the buffers are kept. */
export class GpuHistogram {
  readonly #device: GPUDevice;
  readonly #pipelines: Record<Pass, GPUComputePipeline>;
  readonly #layout: GPUBindGroupLayout;
  readonly #plane: GPUBuffer;
  readonly #bins: GPUBuffer;
  readonly #extremes: GPUBuffer;
  readonly #result: GPUBuffer;
  #words: GPUBuffer | null = null;
  lost = false;

  private constructor(device: GPUDevice) {
    this.#device = device;
    void device.lost.then(() => (this.lost = true));
    const buffer = (type: GPUBufferBindingType, binding: number) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    });
    this.#layout = device.createBindGroupLayout({
      entries: [buffer("uniform", 0), buffer("read-only-storage", 1), buffer("storage", 2), buffer("storage", 3)],
    });
    const module = device.createShaderModule({ code: source });
    const layout = device.createPipelineLayout({ bindGroupLayouts: [this.#layout] });
    const pipeline = (entryPoint: string) => device.createComputePipeline({ layout, compute: { module, entryPoint } });
    this.#pipelines = {
      count_values: pipeline("count_values"),
      find_extremes: pipeline("find_extremes"),
      count_floats: pipeline("count_floats"),
    };
    const { STORAGE, UNIFORM, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
    this.#plane = device.createBuffer({ size: 16, usage: UNIFORM | COPY_DST });
    this.#bins = device.createBuffer({ size: 4 * VALUES, usage: STORAGE | COPY_DST | COPY_SRC });
    this.#extremes = device.createBuffer({ size: 8, usage: STORAGE | COPY_DST | COPY_SRC });
    this.#result = device.createBuffer({ size: 4 * VALUES + 8, usage: COPY_DST | MAP_READ });
  }

  /** Null: there is no graphics card; loops on the processor are faster than its imitation. */
  static async open(options: { software?: boolean } = {}): Promise<GpuHistogram | null> {
    const gpu = (navigator as { gpu?: GPU }).gpu;
    const adapter = await gpu?.requestAdapter().catch(() => null);
    if (!adapter) return null;
    if (softwareAdapter(adapter.info) !== null && !options.software) return null;
    const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
    const device = await adapter
      .requestDevice({ requiredLimits: { maxStorageBufferBindingSize, maxBufferSize } })
      .catch(() => null);
    return device && new GpuHistogram(device);
  }

  /** Null: the plane is too large for the device, or for the memory that it has left. */
  async count(pixels: PixelArray, pixelType: PixelType, of: Histogram["of"]): Promise<Histogram | null> {
    // What it refuses throws nothing: the buffer would still hold the counts of the plane before.
    this.#device.pushErrorScope("out-of-memory");
    this.#device.pushErrorScope("validation");
    const counted = this.#count(pixels, pixelType, of);
    const scopes = [this.#device.popErrorScope(), this.#device.popErrorScope()];
    const [histogram, ...errors] = await Promise.all([counted, ...scopes]);
    if (errors.every((error) => error === null)) return histogram;
    // The next plane gets a buffer of its own.
    this.#words?.destroy();
    this.#words = null;
    return null;
  }

  async #count(pixels: PixelArray, pixelType: PixelType, of: Histogram["of"]): Promise<Histogram | null> {
    const words = Math.ceil(pixels.byteLength / 4);
    if (4 * words > this.#device.limits.maxStorageBufferBindingSize) return null;
    const bits = 8 * pixels.BYTES_PER_ELEMENT;
    const flip = pixelType === "I8" ? 0x80 : pixelType === "I16" ? 0x8000 : 0;
    const { queue } = this.#device;
    const group = this.#device.createBindGroup({
      layout: this.#layout,
      entries: [this.#plane, this.#upload(pixels, words), this.#bins, this.#extremes].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      })),
    });
    queue.writeBuffer(this.#plane, 0, Uint32Array.of(words, pixels.length, bits, flip));
    queue.writeBuffer(this.#extremes, 0, Uint32Array.of(0xffff_ffff, 0));
    const encoder = this.#device.createCommandEncoder();
    encoder.clearBuffer(this.#bins);
    const run = (name: Pass) => {
      const pass = encoder.beginComputePass();
      pass.setPipeline(this.#pipelines[name]);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(Math.max(1, Math.min(WORKGROUPS, Math.ceil(words / 256))));
      pass.end();
    };
    if (pixelType === "F32") {
      run("find_extremes");
      run("count_floats");
    } else run("count_values");
    encoder.copyBufferToBuffer(this.#bins, 0, this.#result, 0, 4 * VALUES);
    encoder.copyBufferToBuffer(this.#extremes, 0, this.#result, 4 * VALUES, 8);
    queue.submit([encoder.finish()]);

    await this.#result.mapAsync(GPUMapMode.READ);
    const found = new Uint32Array(this.#result.getMappedRange().slice());
    this.#result.unmap();
    if (pixelType !== "F32") return histogramOfValues(found.subarray(0, 2 ** bits), pixelType, of);
    const [low = 0, high = 0] = found.subarray(VALUES);
    // Nothing but NaN: the extremes are as they were set.
    const [minimum, maximum] = low > high ? [0, 0] : [floatOf(low), floatOf(high)];
    return floatHistogram(found.slice(0, 256), minimum, maximum, of);
  }

  #upload(pixels: PixelArray, words: number): GPUBuffer {
    if (!this.#words || this.#words.size < 4 * words) {
      this.#words?.destroy();
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
      this.#words = this.#device.createBuffer({ size: 4 * words, usage });
    }
    const bytes = new Uint8Array(pixels.buffer as ArrayBuffer, pixels.byteOffset, pixels.byteLength);
    const whole = bytes.length - (bytes.length % 4);
    if (whole > 0) this.#device.queue.writeBuffer(this.#words, 0, bytes, 0, whole);
    if (whole < bytes.length) {
      const rest = new Uint8Array(4);
      rest.set(bytes.subarray(whole));
      this.#device.queue.writeBuffer(this.#words, whole, rest);
    }
    return this.#words;
  }
}

/** Back from the order of `histogram.wgsl`. */
function floatOf(order: number): number {
  const bits = order >>> 31 === 1 ? order & 0x7fff_ffff : ~order >>> 0;
  return new Float32Array(Uint32Array.of(bits).buffer)[0] ?? 0;
}
