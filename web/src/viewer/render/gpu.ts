import { softwareAdapter } from "../core/software-adapter.ts";
import source from "./shader.wgsl?raw";

export type Texel = "u32" | "i32" | "f32";
const sampleTypes = { u32: "uint", i32: "sint", f32: "unfilterable-float" } as const;

/** Layers add up; the first adds to nothing. */
const ONE: GPUBlendComponent = { operation: "add", srcFactor: "one", dstFactor: "one" };
const ADD: GPUBlendState = { color: ONE, alpha: ONE };

/** Why there is no WebGPU, and what would mend it: sentences for people. */
export interface GpuAbsence {
  reason: string;
  mend: string;
}

export class GpuUnavailableError extends Error {
  override readonly name = "GpuUnavailableError";
  readonly absence: GpuAbsence;
  constructor(absence: GpuAbsence) {
    super(`${absence.reason} ${absence.mend}`);
    this.absence = absence;
  }
}

/** One device for all canvases of the page, with its pipelines. */
export class Gpu {
  readonly device: GPUDevice;
  readonly canvasFormat: GPUTextureFormat;
  readonly maxSide: number;
  readonly lookLayout: GPUBindGroupLayout;
  readonly #placeLayouts = new Map<Texel, GPUBindGroupLayout>();
  readonly #pipelines = new Map<string, GPURenderPipeline>();

  private constructor(device: GPUDevice, canvasFormat: GPUTextureFormat) {
    this.device = device;
    this.canvasFormat = canvasFormat;
    this.maxSide = device.limits.maxTextureDimension2D;
    this.lookLayout = device.createBindGroupLayout({
      entries: [
        { binding: 0, visibility: GPUShaderStage.FRAGMENT, buffer: {} },
        { binding: 1, visibility: GPUShaderStage.FRAGMENT, texture: {} },
      ],
    });
  }

  get lost(): Promise<string> {
    return this.device.lost.then(({ message }) => message);
  }
  destroy(): void {
    this.device.destroy();
  }

  /**
   * @param software takes also an adapter that only imitates a graphics card: the 2-D canvas is faster.
   * @throws GpuUnavailableError
   */
  static async open({ software = false } = {}): Promise<Gpu> {
    // Absent in old browsers and wherever the page is not secure: the type promises too much.
    const gpu = (navigator as { gpu?: GPU }).gpu;
    if (!gpu) {
      throw new GpuUnavailableError(
        globalThis.isSecureContext
          ? {
              reason: "This browser has no WebGPU.",
              mend: "Chrome or Edge 113, Firefox 141, Safari 26 and later have it.",
            }
          : {
              reason: "Browsers give WebGPU to secure pages only, and this one came over plain http.",
              mend: "Open it on the camera computer itself, or through an ssh tunnel as http://localhost.",
            },
      );
    }
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
    if (!adapter) {
      throw new GpuUnavailableError({
        reason: "The browser has WebGPU, but offers no graphics adapter.",
        mend: "Switch on hardware acceleration in its settings or update the graphics driver; chrome://gpu tells more.",
      });
    }
    const imitation = softwareAdapter(adapter.info);
    if (imitation !== null && !software) {
      throw new GpuUnavailableError({
        reason: `The only graphics adapter is a software one (${imitation}), slower than the 2-D canvas.`,
        mend: "Switch on hardware acceleration in the browser's settings, or choose WebGPU under \u201cDraw with\u201d.",
      });
    }
    try {
      const { maxTextureDimension2D } = adapter.limits;
      const device = await adapter.requestDevice({ requiredLimits: { maxTextureDimension2D } });
      return new Gpu(device, gpu.getPreferredCanvasFormat());
    } catch (error) {
      throw new GpuUnavailableError({
        reason: `The graphics adapter refused: ${error instanceof Error ? error.message : String(error)}`,
        mend: "Update the graphics driver, or close other programs that use the graphics card.",
      });
    }
  }

  placeLayout(texel: Texel): GPUBindGroupLayout {
    let layout = this.#placeLayouts.get(texel);
    if (!layout) {
      layout = this.device.createBindGroupLayout({
        entries: [
          { binding: 0, visibility: GPUShaderStage.FRAGMENT, buffer: {} },
          { binding: 1, visibility: GPUShaderStage.FRAGMENT, texture: { sampleType: sampleTypes[texel] } },
        ],
      });
      this.#placeLayouts.set(texel, layout);
    }
    return layout;
  }

  pipeline(texel: Texel, format: GPUTextureFormat): GPURenderPipeline {
    const key = `${texel} ${format}`;
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      const module = this.device.createShaderModule({ code: source.replace("TEXEL>", `${texel}>`) });
      pipeline = this.device.createRenderPipeline({
        layout: this.device.createPipelineLayout({ bindGroupLayouts: [this.lookLayout, this.placeLayout(texel)] }),
        vertex: { module, entryPoint: "corner" },
        fragment: { module, entryPoint: "colour", targets: [{ format, blend: ADD }] },
      });
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }
}
