import { ZipWriter } from "../../zip/zip-writer.ts";
import { type ArchivePlan, inOrder, planArchive } from "./archive-plan.ts";
import { ChangedError, type DatasetFile, type FileSource } from "./file-source.ts";

/** Files up to this are read as a whole, some at the same time: a request a file would be most of the time. */
const WHOLE_BYTES = 1 << 20;
const READ_AHEAD = 8;
/** What the metadata of a dataset may take: it is held until the kind of the archive is known. */
const MOST_DOCUMENT_BYTES = 64 << 20;

export interface ExportProgress {
  /** Of the files. */
  bytes: number;
  totalBytes: number;
  files: number;
  totalFiles: number;
}

export interface ExportOptions {
  signal: AbortSignal;
  progress?: (progress: ExportProgress) => void;
  /** Asked before every piece: resolves when it may go on. */
  mayGoOn?: () => Promise<void>;
  /** Told before the first byte: throws where there is no room. */
  planned?: (plan: ArchivePlan & { totalBytes: number; totalFiles: number }) => void | Promise<void>;
}

/**
 * Writes all files of a dataset as one archive, from its beginning to its end. Of the files it holds 8 MiB at most, and
 * their names. Throws where a file is not what was listed: then what was written is no archive.
 */
export async function exportArchive(
  source: FileSource,
  write: (bytes: Uint8Array) => Promise<void>,
  { signal, progress, mayGoOn, planned }: ExportOptions,
): Promise<ArchivePlan> {
  const files = await source.list(signal);
  const { documents, others } = inOrder(files);
  if (documents.length === 0) throw new Error("It holds no Zarr metadata.");
  if (sum(documents) > MOST_DOCUMENT_BYTES) throw new Error("Its metadata is larger than 64 MiB.");
  const read = await readAll(source, documents, signal);
  const texts = new Map(documents.map(({ path }, at) => [path, new TextDecoder().decode(read[at])]));
  const plan = planArchive(files, texts);
  const totalBytes = sum(files);
  await planned?.({ ...plan, totalBytes, totalFiles: files.length });

  let [bytes, count] = [0, 0];
  const writer = new ZipWriter(async (part) => {
    await mayGoOn?.();
    signal.throwIfAborted();
    await write(part);
  });
  const done = (more: number, ended: boolean) => {
    bytes += more;
    if (ended) count += 1;
    progress?.({ bytes, totalBytes, files: count, totalFiles: files.length });
  };
  const add = async ({ path, bytes: length, modifiedMs }: DatasetFile, whole: Uint8Array) => {
    await writer.add(path, whole, new Date(modifiedMs));
    done(length, true);
  };
  for (const [at, file] of documents.entries()) await add(file, read[at] ?? new Uint8Array(0));
  for (const group of groups(others)) {
    await mayGoOn?.();
    const [first] = group;
    if (first && first.bytes > WHOLE_BYTES) {
      const slices = exactly(first, await source.read(first, signal), (more) => done(more, false));
      await writer.addStream(first.path, slices, new Date(first.modifiedMs));
      done(0, true);
    } else {
      const wholes = await readAll(source, group, signal);
      for (const [at, file] of group.entries()) await add(file, wholes[at] ?? new Uint8Array(0));
    }
  }
  await writer.close(new TextEncoder().encode(plan.comment));
  return plan;
}

/** Large files alone, small ones together. */
function* groups(files: readonly DatasetFile[]): Generator<DatasetFile[]> {
  let small: DatasetFile[] = [];
  for (const file of files) {
    const large = file.bytes > WHOLE_BYTES;
    if (small.length > 0 && (large || small.length === READ_AHEAD)) {
      yield small;
      small = [];
    }
    if (large) yield [file];
    else small.push(file);
  }
  if (small.length > 0) yield small;
}

async function readAll(source: FileSource, files: readonly DatasetFile[], signal: AbortSignal): Promise<Uint8Array[]> {
  const read: Uint8Array[] = [];
  for (let at = 0; at < files.length; at += READ_AHEAD) {
    const wholes = files.slice(at, at + READ_AHEAD).map(async (file) => {
      const whole = new Uint8Array(file.bytes);
      let filled = 0;
      for await (const slice of exactly(file, await source.read(file, signal))) {
        whole.set(slice, filled);
        filled += slice.length;
      }
      return whole;
    });
    read.push(...(await Promise.all(wholes)));
  }
  return read;
}

/** The slices of a file, as many bytes as were listed. */
async function* exactly(
  { path, bytes }: DatasetFile,
  stream: ReadableStream<Uint8Array>,
  told: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  let left = bytes;
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((error: unknown) => {
        if (error instanceof DOMException && error.name === "AbortError") throw error;
        throw new Error(`${path} could not be read to its end: it was replaced, or the connection ended.`, {
          cause: error,
        });
      });
      if (done) break;
      left -= value.length;
      if (left < 0) break;
      yield value;
      told(value.length);
    }
    if (left !== 0) throw new ChangedError(path);
  } finally {
    // Whoever stops in the middle wants no more of it.
    reader.cancel().catch(() => undefined);
  }
}

function sum(files: readonly DatasetFile[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}
