import type { UsbDevice } from "./web-usb.ts";

const printable = (text: string | null | undefined): string =>
  (text ?? "").replaceAll(/[\u0000-\u001f\u007f]/g, "").trim();

/** As people know it. */
export function labelOf({ manufacturerName, productName }: UsbDevice): string {
  const [maker, product] = [printable(manufacturerName), printable(productName)];
  if (!product) return maker || "camera";
  return maker && !product.toLowerCase().startsWith(maker.toLowerCase()) ? `${maker} ${product}` : product;
}

/** As documents name it: which of its make it is stands at its end. */
export function nameOf(device: UsbDevice): string {
  const serial = printable(device.serialNumber);
  return `usb3vision: ${labelOf(device)}${serial ? ` ${serial}` : ""}`;
}
