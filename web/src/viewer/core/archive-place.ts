/** A zipped Zarr, `.ozx` or `.zip`: a file of this computer, or the address of one. */
export type ArchivePlace = { kind: "file"; file: File } | { kind: "url"; url: string };

/** `scan.ozx`, or what stands at the end of its address. */
export function archiveLabel(place: ArchivePlace): string {
  if (place.kind === "file") return place.file.name;
  const path = URL.parse(place.url)?.pathname ?? place.url;
  return decodeURIComponent(path.slice(path.lastIndexOf("/") + 1)) || place.url;
}
