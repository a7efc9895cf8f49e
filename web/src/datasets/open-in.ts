import type { PlacedDataset } from "./placed-dataset.ts";

/** A way into another program: lines to paste, or a link. */
export interface Opener {
  program: string;
  text: string;
  /** To be followed; undefined: the text is to be pasted. */
  href?: string;
  hint?: string;
}

/** How other programs open a dataset. @param url where the camera computer serves it; null: it lies in this browser */
export function openersOf(
  { kind, path, name }: Pick<PlacedDataset, "kind" | "path" | "name">,
  url: string | null,
): Opener[] {
  if (url === null) return [];
  const quoted = JSON.stringify(path);
  if (kind === "tiff")
    return [
      { program: "Fiji", text: path, hint: "File > Open …, or drop the file on Fiji" },
      { program: "Python", text: `import tifffile\n\nimage = tifffile.imread(${quoted})` },
    ];
  if (kind === "raw")
    return [
      {
        program: "Python",
        text: `import numpy as np\n\n# dtype and shape stand in the JSON file beside it\npixels = np.fromfile(${quoted})`,
      },
    ];
  const serves = "zarrcam serve must allow the site: --allow-origin";
  const source = url.replace(/\/$/, "");
  return [
    { program: "napari", text: `napari --plugin napari-ome-zarr ${quoted}`, hint: "With the plugin napari-ome-zarr" },
    { program: "Fiji", text: path, hint: "Plugins > BigDataViewer > HDF5/N5/Zarr/OME-NGFF Viewer" },
    {
      program: "Python",
      text: `import zarr\n\nimage = zarr.open(${quoted}, mode="r")["0"]\nprint(image.shape, image.dtype)`,
    },
    {
      program: "neuroglancer",
      text: source,
      href: neuroglancer(source, name, kind === "zarr2" ? "zarr2" : "zarr3"),
      hint: `${serves} https://neuroglancer-demo.appspot.com`,
    },
    {
      program: "vizarr",
      text: source,
      href: `https://hms-dbmi.github.io/vizarr/?source=${encodeURIComponent(source)}`,
      hint: `${serves} https://hms-dbmi.github.io`,
    },
  ];
}

function neuroglancer(source: string, name: string, format: string): string {
  const state = { layers: [{ type: "image", name, source: `${source}/|${format}:` }] };
  return `https://neuroglancer-demo.appspot.com/#!${encodeURIComponent(JSON.stringify(state))}`;
}
