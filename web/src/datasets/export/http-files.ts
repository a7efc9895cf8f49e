import type { ListedFile, ListingFault } from "@zarrcam/protocol";
import { ChangedError, type DatasetFile, type FileSource } from "./file-source.ts";

/** A dataset of the camera computer. */
export class HttpFiles implements FileSource {
  readonly #url: string;

  /** @param url of its folder, with a slash at the end */
  constructor(url: string) {
    this.#url = url;
  }

  async list(signal: AbortSignal): Promise<DatasetFile[]> {
    const response = await fetch(`${this.#url}@files`, { signal, cache: "no-store" });
    if (!response.ok || !response.body)
      throw new Error(`The camera computer does not list the files of this dataset (${response.status}).`);
    const files: DatasetFile[] = [];
    let rest = "";
    const take = (line: string) => {
      const { error, ...file } = JSON.parse(line) as ListedFile & Partial<ListingFault>;
      if (error !== undefined) throw new Error(error);
      files.push({ path: file.path, bytes: file.bytes, modifiedMs: file.modified_unix_ms, version: file.etag });
    };
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const lines = (rest + next.value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take(line);
    }
    return files;
  }

  async read({ path, bytes, version }: DatasetFile, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const address = this.#url + path.split("/").map(encodeURIComponent).join("/");
    const response = await fetch(address, { signal, cache: "no-store" });
    const { headers } = response;
    if (response.status !== 200 || headers.get("ETag") !== version || Number(headers.get("Content-Length")) !== bytes) {
      void response.body?.cancel();
      throw new ChangedError(path);
    }
    return response.body ?? new Blob([]).stream();
  }
}
