/** Folders on the host that a Compose document names: a relative one is the application's, the same for every release. */

import { hostPath } from "../compose/hostPath.ts";
import { interpolate } from "../compose/interpolate.ts";
import type { ComposeDocument, VolumeDefinition } from "../compose/schema.ts";
import type { Volume } from "../compose/serviceSchema.ts";
import { withSource } from "../compose/volumes.ts";
import { DeclarationError } from "../shared/problems.ts";
import { shown } from "../shared/text.ts";
import { environmentOf } from "./envFile.ts";
import type { Stack } from "./model.ts";

/** Data folders of an adopted project stay where they are. */
const folderOf = ({ settings: { adopt }, directory }: Stack): string =>
  adopt ? (adopt.folder ?? directory) : directory;

/** In the short notation a plain word is the name of a volume. */
const shortNotation = (directory: string, volume: string): string =>
  withSource(volume, (source) => (source.startsWith(".") ? hostPath(directory, source) : source));

/** A text stays as it is written, with its variables, unless `toHost` changes what Compose makes of it. */
function rewrite(stack: Stack, place: string, text: string, toHost: typeof hostPath): string {
  const meant = interpolate(text, environmentOf(stack));
  const there = toHost(folderOf(stack), meant);
  if (there === meant) return text;
  if (interpolate(text, stack.variables) !== meant) {
    throw new DeclarationError(
      `apps: ${stack.application}.${place}: ${shown(text)} is a relative folder that a secret names, and a Compose file tells no secrets; ` +
        `set that variable in slipway:applications.${stack.application}.environment, or make it a full path`,
    );
  }
  return there.replaceAll("$", "$$$$");
}

function mount(stack: Stack, place: string, volume: Volume): Volume {
  if (typeof volume === "string") return rewrite(stack, place, volume, shortNotation);
  return volume.type === "bind" && volume.source
    ? { ...volume, source: rewrite(stack, place, volume.source, hostPath) }
    : volume;
}

/** A volume may be a folder under another name. */
function definition(stack: Stack, place: string, volume: VolumeDefinition): VolumeDefinition {
  const { driver = "local", driver_opts: options } = volume ?? {};
  if (driver !== "local" || !options?.device || !String(options.o).split(",").includes("bind")) return volume;
  const device = rewrite(stack, `${place}.driver_opts.device`, String(options.device), hostPath);
  return { ...volume, driver_opts: { ...options, device } };
}

/** @throws DeclarationError for a relative folder that only a secret names */
export function withHostFolders(stack: Stack, document: ComposeDocument): ComposeDocument {
  const services = Object.fromEntries(
    Object.entries(document.services).map(([name, service]) => {
      if (service.volumes === undefined) return [name, service];
      const volumes = service.volumes.map((volume) => mount(stack, `services.${name}.volumes`, volume));
      return [name, { ...service, volumes }];
    }),
  );
  if (!document.volumes) return { ...document, services };
  const volumes = Object.entries(document.volumes).map(([name, volume]) => [
    name,
    definition(stack, `volumes.${name}`, volume),
  ]);
  return { ...document, services, volumes: Object.fromEntries(volumes) };
}
