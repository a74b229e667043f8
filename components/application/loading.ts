/** What goes with a release, as it is found piece by piece. */
import type { Problems } from "../shared/problems.ts";
import { sizeInWords } from "../shared/size.ts";
import { FILES, MOST_BYTES, placedFiles, placedSecret, SECRETS } from "./cargo.ts";
import type { Carried, CarriedFiles, CarriedSecret } from "./model.ts";
import { type FoundFile, IGNORE_FILE } from "./project.ts";

export class Loading {
  private readonly application: string;
  private readonly directory: string;
  private readonly sizes = new Map<string, number>();
  private readonly files = new Map<string, CarriedFiles>();
  private readonly secrets = new Map<string, CarriedSecret>();

  /** @param directory the application's folder on the host */
  constructor(application: string, directory: string) {
    this.application = application;
    this.directory = directory;
  }

  /** Its place on the host. */
  addFiles(name: string, kind: "file" | "folder", found: FoundFile[]): string {
    if (!this.fits(name, found)) return "";
    const files = found.map(({ path, executable, content }) => ({ path, executable, content: content() }));
    const placed = placedFiles(name, kind, files);
    if (!this.files.has(placed.at)) this.files.set(placed.at, placed);
    return `${this.directory}/${FILES}/${placed.at}`;
  }

  addSecret(name: string, found: FoundFile, reader: CarriedSecret["reader"]): string {
    if (!this.fits(name, [found])) return "";
    const placed = placedSecret(this.application, { name, content: found.content(), reader });
    this.secrets.set(placed.at, placed);
    return `${this.directory}/${SECRETS}/${placed.at}`;
  }

  /** What does not fit is not read: it is refused in the end. */
  private fits(name: string, found: FoundFile[]): boolean {
    this.sizes.set(
      name,
      found.reduce((sum, { size }) => sum + size, 0),
    );
    return this.bytes() <= MOST_BYTES;
  }

  private bytes(): number {
    return [...this.sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** All of it. */
  loaded(problems: Problems, place: string): Carried {
    if (this.bytes() > MOST_BYTES) {
      const largest = [...this.sizes].sort(([, a], [, b]) => b - a).slice(0, 5);
      problems.at(
        place,
        `files that go with a release come to ${sizeInWords(this.bytes())}, which is more than ${sizeInWords(MOST_BYTES)}: ` +
          `${largest.map(([name, size]) => `${name} ${sizeInWords(size)}`).join(", ")}; ` +
          `put them into the image, take out what is not needed by ${IGNORE_FILE}, or name their full path on the host`,
      );
    }
    const byPlace = (a: { at: string }, b: { at: string }): number => (a.at < b.at ? -1 : 1);
    return { files: [...this.files.values()].sort(byPlace), secrets: [...this.secrets.values()].sort(byPlace) };
  }
}
