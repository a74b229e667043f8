/** A Compose project that an application takes the place of: its volumes stay, under their names. */
import type { ComposeDocument } from "../compose/schema.ts";
import type { VersionedSettings } from "../settings/types.ts";
import type { Problems } from "../shared/problems.ts";

/** The volumes that are named there are the project's. They are external, as Compose leaves alone what it did not make. */
export function withAdopted(
  problems: Problems,
  document: ComposeDocument,
  { adopt }: Pick<VersionedSettings, "adopt">,
): ComposeDocument {
  if (!adopt || adopt.volumes.length === 0) return document;
  const given = document.volumes ?? {};
  const volumes = adopt.volumes.flatMap((key) => {
    const { name, external } = given[key] ?? {};
    if (!Object.hasOwn(given, key))
      problems.setting("adopt.volumes", key, `is no volume of it; it has ${Object.keys(given).join(", ") || "none"}`);
    // One with a name of its own is the same in both.
    return name !== undefined || external ? [] : [[key, { name: `${adopt.project}_${key}`, external: true }] as const];
  });
  return { ...document, volumes: { ...given, ...Object.fromEntries(volumes) } };
}
