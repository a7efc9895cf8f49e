import * as zarr from "zarrita";

/** A frame was asked for that the camera computer has not stored yet. */
export class NotStoredError extends Error {
  override readonly name = "NotStoredError";
}

/**
 * A store over http. Ranges of one file are fetched together, shard indexes by suffix: two requests a plane.
 *
 * While a run is recorded a missing shard must throw: zarrita would keep "missing" for as long as the array is open.
 * Past the browser's cache, which queues parallel ranges of one URL; frames are kept by `FrameCache`.
 */
export function httpStore(url: string, live: boolean) {
  const store = new zarr.FetchStore(url, {
    useSuffixRequest: true,
    fetch: async (request) => {
      const partial = request.headers.has("Range");
      const response = await fetch(partial ? new Request(request, { cache: "no-store" }) : request);
      if (live && response.status === 404 && request.url.includes("/c/")) {
        throw new NotStoredError("This frame is not stored yet.");
      }
      return response;
    },
  });
  return zarr.withRangeCoalescing(store);
}
