/** Which pins of a checkout come into force, and what is in the file of pins then. */
import coerce from "semver/functions/coerce.js";
import compare from "semver/functions/compare.js";
import parse from "semver/functions/parse.js";
import { PINS, type Pin, type PinOverrides, type Repository } from "../../components/github/workflows/actions.ts";

export interface TakenOver {
  /** The file's new content. */
  pins: PinOverrides;
  /** What is different then, a line each. */
  changes: string[];
  /** What stays as it is although the checkout has it otherwise, a line each. */
  notes: string[];
}

/**
 * @param used what the checkout has
 * @param declared what the declaration has, whose pins come before the built-in ones
 * @param file what the file of pins has, which the declaration may use or not
 */
export function takeOver(used: PinOverrides, declared: PinOverrides, file: PinOverrides): TakenOver {
  const inForce = (name: Repository): Pin => {
    const present = declared[name] ?? PINS[name];
    return file[name] && order(file[name], present) > 0 ? file[name] : present;
  };
  const result: TakenOver = { pins: {}, changes: [], notes: [] };
  for (const [name, pin] of entries(file)) {
    if (Object.hasOwn(PINS, name) && order(pin, PINS[name]) > 0) result.pins[name] = pin;
    else result.changes.push(`${name} ${pin.version} goes: the built-in pin is as new`);
  }
  for (const [name, pin] of entries(used)) {
    const present = inForce(name);
    if (pin.commit === present.commit) continue;
    const newer = order(pin, present);
    if (newer > 0) {
      result.pins[name] = pin;
      result.changes.push(`${name} ${pin.version} (${present.version} before)`);
    } else if (newer < 0)
      result.notes.push(`${name} ${pin.version} is older than ${present.version}, which is in force`);
    else
      result.notes.push(
        `${name} ${pin.version} is another commit than the one in force, of the same version; a tag was moved: see why`,
      );
  }
  result.pins = Object.fromEntries(
    entries(result.pins).map(([name, { commit, version }]) => [name, { commit, version }]),
  );
  return result;
}

const entries = (pins: PinOverrides): [Repository, Pin][] =>
  (Object.entries(pins) as [Repository, Pin][]).sort(([a], [b]) => (a < b ? -1 : 1));

const versionOf = ({ version }: Pin) => parse(version) ?? coerce(version) ?? "0.0.0";
const order = (a: Pin, b: Pin): number => compare(versionOf(a), versionOf(b));
