/** Services that extend others (https://docs.docker.com/reference/compose-file/services/#extends). */
import { posix } from "node:path";
import { isMap } from "../shared/issues.ts";
import { didYouMean, shown } from "../shared/text.ts";
import { interpolate } from "./interpolate.ts";
import { merge, without } from "./merge.ts";
import { fileError, layersOf, localPath, ofFile, type Reading } from "./reading.ts";
import { relocated } from "./relocate.ts";

/** A document of a file, with what its tags take out of others. */
export interface Source {
  /** As it is read, from the program's folder. */
  file: string;
  value: unknown;
  cleared: string[][];
}

type Services = Record<string, unknown>;

export class Extending {
  private readonly home: string;
  private readonly reading: Reading;
  private readonly sources = new Map<string, Source>();

  /** @param home folder that the paths of all files are relative to, in the end */
  constructor(home: string, reading: Reading) {
    this.home = home;
    this.reading = reading;
  }

  /** The document with all its services complete. */
  all(source: Source): unknown {
    const services = isMap(source.value) ? source.value.services : undefined;
    if (!isMap(services)) return source.value;
    if (!Object.values(services).some((service) => isMap(service) && service.extends !== undefined))
      return source.value;
    const complete = Object.fromEntries(Object.keys(services).map((name) => [name, this.service(source, name, [])]));
    return { ...(source.value as object), services: complete };
  }

  /** @param seen services that led here */
  private service(source: Source, name: string, seen: string[]): unknown {
    const own = (((source.value as { services?: unknown }).services ?? {}) as Services)[name];
    if (!isMap(own) || own.extends === undefined || own.extends === null) return own;
    const { extends: given, ...rest } = own;
    const [file, base] = this.base(source, name, given);
    const at = `${name} in ${source.file}`;
    if (seen.includes(at))
      throw fileError(
        source.file,
        ["services", name, "extends"],
        `leads back to itself: ${[...seen.slice(seen.indexOf(at)), at].join(" → ")}; take one of them out`,
      );
    const below = this.service(file, base, [...seen, at]);
    if (!isMap(below)) return rest;
    // What this file's tags take out is taken out of what it extends.
    const { services } = without({ services: { [name]: below } }, source.cleared) as { services: Services };
    return ofFile(source.file, () => merge(services[name] ?? {}, rest, ["services", name], this.reading.variables));
  }

  /** The document and the name of the service that one extends. */
  private base(source: Source, name: string, given: unknown): [Source, string] {
    const place = ["services", name, "extends"];
    const { service, file } = (isMap(given) ? given : { service: given }) as { service?: unknown; file?: unknown };
    if (typeof service !== "string" || !["string", "undefined"].includes(typeof file))
      throw fileError(source.file, place, 'is not the name of a service; write { service: "web" }, or with a `file`');
    const found =
      file === undefined ? source : this.source(source.file, place, interpolate(String(file), this.reading.variables));
    const services = ((found.value as { services?: unknown }).services ?? {}) as Services;
    if (Object.hasOwn(services, service)) return [found, service];
    const names = Object.keys(services);
    const meant = didYouMean(service, names);
    throw fileError(
      source.file,
      place,
      `${shown(service)} is no service of ${found.file}; ${meant ? `did you mean ${shown(meant)}?` : `it has ${names.join(", ") || "none"}`}`,
    );
  }

  /** Another file, whose paths are made relative to `home`. */
  private source(from: string, place: string[], path: string): Source {
    const file = localPath(from, place, this.home, path);
    const known = this.sources.get(file);
    if (known) return known;
    const { variables } = this.reading;
    const folder = posix.relative(this.home, posix.dirname(file));
    const layers = layersOf(file, this.reading);
    const value = layers.reduce<unknown>(
      (below, { value, cleared }) =>
        below === undefined ? value : merge(without(below, cleared), value, [], variables),
      undefined,
    );
    const source = {
      file,
      value: relocated(value ?? {}, folder, variables),
      cleared: layers.flatMap(({ cleared }) => cleared),
    };
    this.sources.set(file, source);
    return source;
  }
}
