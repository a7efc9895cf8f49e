import jsqr from "jsqr";
import type { Locator } from "playwright/test";

/** What a camera reads that looks at an element of the page; null: no code. */
export async function readQr(element: Locator): Promise<string | null> {
  const png = (await element.screenshot()).toString("base64");
  const blank = await element.page().context().newPage();
  const { width, height, data } = await blank.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    const image = context?.getImageData(0, 0, bitmap.width, bitmap.height);
    return { width: bitmap.width, height: bitmap.height, data: [...(image?.data ?? [])] };
  }, png);
  await blank.close();
  return jsqr(Uint8ClampedArray.from(data), width, height)?.data ?? null;
}
