/** Conflicts about a version alone: the later one is right. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import compare from "semver/functions/compare.js";
import type { Unit } from "../../components/versions/config.ts";
import { type Place, USUAL, written } from "../../components/versions/places.ts";
import type { Git } from "../version/git.ts";
import type { Mend } from "./merge.ts";

const placesOf = ({ files, path }: Unit): Place[] => files ?? USUAL.map((name) => ({ path: posix.join(path, name) }));

/** What else both have changed is merged as git does it. */
export const mendVersions =
  (git: Git, units: Unit[]): Mend =>
  (path, { base, ours, theirs }) => {
    const places = units.flatMap(placesOf).filter((place) => place.path === path);
    if (places.length === 0) return undefined;
    try {
      const same = places.reduce(
        (texts, place) => {
          const [first, second] = [texts.ours, texts.theirs].map((text) => written(place, text).version!);
          const later = compare(first!, second!) > 0 ? first! : second!;
          const of = (text: string): string => written(place, text).with(later);
          return { base: of(texts.base), ours: of(texts.ours), theirs: of(texts.theirs) };
        },
        { base, ours, theirs },
      );
      return mergedText(git, same);
    } catch {
      // One of them has no version there.
      return undefined;
    }
  };

function mergedText(git: Git, texts: Parameters<Mend>[1]): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "slipway-merge-"));
  try {
    const files = (["ours", "base", "theirs"] as const).map((name) => {
      writeFileSync(join(folder, name), texts[name]);
      return join(folder, name);
    });
    const { status, stdout } = git.try(["merge-file", "-p", "--quiet", ...files]);
    return status === 0 ? stdout : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
