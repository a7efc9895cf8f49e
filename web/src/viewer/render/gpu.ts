import { softwareAdapter } from "../core/software-adapter.ts";
import { SAMPLE_PX, readCanvas } from "./canvas-reader.ts";
import source from "./shader.wgsl?raw";

export type Texel = "u32" | "i32" | "f32";
const sampleTypes = { u32: "uint", i32: "sint", f32: "unfilterable-float" } as const;

/** Layers add up; the first adds to nothing. */
const ONE: GPUBlendComponent = { operation: "add", srcFactor: "one", dstFactor: "one" };
const ADD: GPUBlendState = { color: ONE, alpha: ONE };

/** Why there is no WebGPU, and what would remedy it: sentences for people. */
export interface GpuAbsence {
  reason: string;
  remedy: string;
  /** This page will never have it: it is not asked for again. */
  lasting?: boolean;
  /** The browser offers no graphics adapter, now. */
  missing?: boolean;
}

export class GpuUnavailableError extends Error {
  override readonly name = "GpuUnavailableError";
  readonly absence: GpuAbsence;
  constructor(absence: GpuAbsence) {
    super(`${absence.reason} ${absence.remedy}`);
    this.absence = absence;
  }
}

/** Found out before a canvas is given away, and on the canvas itself: one that WebGPU draws on stays empty there. */
export const NOT_COMPOSED: GpuAbsence = {
  reason:
    "WebGPU draws here, but its pictures do not reach the screen: the browser puts its windows together without the graphics card.",
  remedy:
    "Switch on hardware acceleration in its settings and start it again; over a remote desktop or in a virtual machine it may have none.",
};

function loss(message: string): GpuAbsence {
  return { reason: `The graphics device was lost${message ? `: ${message.replace(/\.$/, "")}.` : "."}`, remedy: "" };
}

/** What the device says on its own account: creating and drawing throw nothing. */
function refusal(error: GPUError): GpuAbsence {
  if (error instanceof GPUOutOfMemoryError) {
    return {
      reason: "The graphics card has run out of memory.",
      remedy: "Close other tabs and programs that use it, or show fewer channels at once.",
    };
  }
  // The browser's own words go on for many lines.
  const [first = ""] = error.message.split("\n");
  return {
    reason: `The graphics device refused to draw: ${first.slice(0, 200).replace(/\.$/, "")}.`,
    remedy: "Update the browser or the graphics driver if it goes on.",
  };
}

/** One device for all canvases of the page, with its pipelines. */
export class Gpu {
  readonly device: GPUDevice;
  readonly canvasFormat: GPUTextureFormat;
  readonly maxSide: number;
  readonly displayLayout: GPUBindGroupLayout;
  /** Settles when the device is gone, or has refused something: nobody knows then what stands on the canvas. */
  readonly ended: Promise<GpuAbsence>;
  #end: (why: GpuAbsence) => void = () => undefined;
  readonly #placeLayouts = new Map<Texel, GPUBindGroupLayout>();
  readonly #pipelines = new Map<string, GPURenderPipeline>();

  private constructor(device: GPUDevice, canvasFormat: GPUTextureFormat) {
    this.device = device;
    this.canvasFormat = canvasFormat;
    this.maxSide = device.limits.maxTextureDimension2D;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    void device.lost.then(({ message }) => this.#end(loss(message)));
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#end(refusal(event.error));
    });
    this.displayLayout = device.createBindGroupLayout({
      entries: [
        { binding: 0, visibility: GPUShaderStage.FRAGMENT, buffer: {} },
        { binding: 1, visibility: GPUShaderStage.FRAGMENT, texture: {} },
      ],
    });
  }

  destroy(): void {
    this.device.destroy();
  }
  /** What `ask` makes of the device, or an error where it refuses: without this it would answer with an empty image. */
  async strictly<T>(ask: () => Promise<T>): Promise<T> {
    this.device.pushErrorScope("out-of-memory");
    this.device.pushErrorScope("validation");
    const answer = ask();
    const [result, ...errors] = await Promise.all([answer, this.device.popErrorScope(), this.device.popErrorScope()]);
    const error = errors.find((one) => one !== null);
    if (!error) return result;
    this.#end(refusal(error));
    throw new Error(error.message);
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
              remedy: "Chrome or Edge 113, Safari 26 and later have it, and Firefox 141 on some systems.",
              lasting: true,
            }
          : {
              reason: "Browsers give WebGPU to secure pages only, and this one came over plain http.",
              remedy: "Open it on the camera computer itself, or through an ssh tunnel as http://localhost.",
              lasting: true,
            },
      );
    }
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
    if (!adapter) {
      throw new GpuUnavailableError({
        reason: "The browser has WebGPU, but offers no graphics adapter.",
        remedy:
          "Switch on hardware acceleration in its settings or update the graphics driver; chrome://gpu tells more.",
        missing: true,
      });
    }
    const imitation = softwareAdapter(adapter.info);
    if (imitation !== null && !software) {
      throw new GpuUnavailableError({
        reason: `The only graphics adapter is a software one (${imitation}), slower than the 2-D canvas.`,
        remedy:
          "Switch on hardware acceleration in the browser's settings, or choose WebGPU under \u201cRenderer\u201d.",
      });
    }
    let device: GPUDevice;
    try {
      const { maxTextureDimension2D } = adapter.limits;
      device = await adapter.requestDevice({ requiredLimits: { maxTextureDimension2D } });
    } catch (error) {
      throw new GpuUnavailableError({
        reason: `The graphics adapter refused: ${error instanceof Error ? error.message : String(error)}`,
        remedy: "Update the graphics driver, or close other programs that use the graphics card.",
      });
    }
    const opened = new Gpu(device, gpu.getPreferredCanvasFormat());
    if (opened.reachesScreen()) return opened;
    opened.destroy();
    throw new GpuUnavailableError(NOT_COMPOSED);
  }

  /** Whether a canvas of its own, all of one colour, has any: a browser that does not compose WebGPU has nothing there. */
  reachesScreen(): boolean {
    const canvas = new OffscreenCanvas(SAMPLE_PX, SAMPLE_PX);
    const context = canvas.getContext("webgpu");
    if (!context) return false;
    context.configure({ device: this.device, format: this.canvasFormat, alphaMode: "premultiplied" });
    const encoder = this.device.createCommandEncoder();
    const view = context.getCurrentTexture().createView();
    encoder
      .beginRenderPass({ colorAttachments: [{ view, loadOp: "clear", storeOp: "store", clearValue: [0, 0, 0, 1] }] })
      .end();
    this.device.queue.submit([encoder.finish()]);
    const found = readCanvas(canvas, 0, 0);
    context.unconfigure();
    return found === null || found.some((byte, at) => at % 4 === 3 && byte > 127);
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
        layout: this.device.createPipelineLayout({ bindGroupLayouts: [this.displayLayout, this.placeLayout(texel)] }),
        vertex: { module, entryPoint: "corner" },
        fragment: { module, entryPoint: "colour", targets: [{ format, blend: ADD }] },
      });
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }
}
