import { type ArchivePlace, archiveLabel } from "../viewer/ports.ts";
import type { Say } from "../log/say.ts";

export interface OpenedFile {
  id: number;
  name: string;
  place: ArchivePlace;
  /** "file on this computer", or the server it is on. */
  where: string;
  /** Null: not known before it is read. */
  bytes: number | null;
}

export interface OpenedFilesPort {
  openArchive(place: ArchivePlace): void;
  say: Say;
}

/** Zipped Zarr that the page was given: it lasts as long as the page, since a page may not keep files of others. */
export class OpenedFiles {
  all = $state.raw<readonly OpenedFile[]>([]);
  /** Why the last one was not taken; null: it was. */
  problem = $state<string | null>(null);
  readonly #port: OpenedFilesPort;
  #next = 1;

  constructor(port: OpenedFilesPort) {
    this.#port = port;
  }

  /** Picked or dropped: the first is shown, all are listed. */
  takeFiles(files: Iterable<File>): void {
    const given = [...files];
    const taken = given.filter(({ name }) => /\.(ozx|zip)$/i.test(name));
    const left = given.filter((file) => !taken.includes(file));
    this.#refuse(
      left.length === 0
        ? null
        : `${left.map(({ name }) => name).join(", ")}: this page opens .ozx and .zip files; a folder of Zarr belongs into the data folder.`,
    );
    const places = taken.map((file): ArchivePlace => ({ kind: "file", file }));
    for (const place of places.toReversed()) this.#add(place);
    const [first] = places;
    if (first) this.#port.openArchive(first);
  }

  takeAddress(text: string): void {
    const url = URL.parse(text.trim());
    if (url?.protocol !== "https:" && url?.protocol !== "http:")
      return this.#refuse(`"${text.trim()}" is not an address; addresses begin with https://.`);
    this.#refuse(null);
    const place: ArchivePlace = { kind: "url", url: url.href };
    this.#add(place);
    this.#port.openArchive(place);
  }

  show({ place }: OpenedFile): void {
    this.#port.openArchive(place);
  }
  forget({ id }: OpenedFile): void {
    this.all = this.all.filter((one) => one.id !== id);
  }

  #add(place: ArchivePlace): void {
    const file = place.kind === "file" ? place.file : null;
    const where = place.kind === "file" ? "file on this computer" : `on ${new URL(place.url).host}`;
    this.all = [
      { id: this.#next++, name: archiveLabel(place), place, where, bytes: file?.size ?? null },
      ...this.all.filter(({ place: own }) => !same(own, place)),
    ];
  }
  #refuse(problem: string | null): void {
    this.problem = problem;
    if (problem !== null) this.#port.say(problem, { level: "error", polite: true });
  }
}

function same(a: ArchivePlace, b: ArchivePlace): boolean {
  if (a.kind === "url") return b.kind === "url" && a.url === b.url;
  if (b.kind === "url") return false;
  return a.file.name === b.file.name && a.file.size === b.file.size && a.file.lastModified === b.file.lastModified;
}
