/** Who draws; `auto`: WebGPU where a graphics card serves it. */
export const rendererChoices = ["auto", "webgpu", "canvas2d"] as const;
export type RendererChoice = (typeof rendererChoices)[number];
