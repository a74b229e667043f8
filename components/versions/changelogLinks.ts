/** The links at the end of a changelog: each version to what it changes. */
import compare from "semver/functions/compare.js";
import valid from "semver/functions/valid.js";
import type { Edit, Lines, Link } from "./changelogLines.ts";
import type { Release } from "./changes.ts";

/** As the file has them already; where it has none, as the repository's host shows two versions. */
interface Addresses {
  /** Before the two tags, and between them. */
  before: string;
  between: string;
}

function addressesOf({ links }: Lines, page: string | undefined): Addresses | undefined {
  for (const { label, url } of links) {
    const [, before, between] = /^(\S+\/compare\/)\S+?(\.\.\.?)\S+$/.exec(url) ?? [];
    if (before !== undefined && versionIn(label) !== undefined) return { before, between: between! };
  }
  if (page === undefined) return undefined;
  return { before: `${page}${/^https:\/\/gitlab\./.test(page) ? "/-" : ""}/compare/`, between: "..." };
}

const isUnreleased = (label: string): boolean => label.toLowerCase() === "unreleased";

/** The version that a link is of, "" for what is not released; undefined for another link. */
function versionIn(label: string): string | undefined {
  if (isUnreleased(label)) return "";
  const bare = label.replace(/^v/, "");
  return valid(bare) === bare ? bare : undefined;
}

const addressOf = ({ before, between }: Addresses, from: string | undefined, to: string): string =>
  from === undefined ? `${before.replace(/compare\/$/, "")}releases/tag/${to}` : `${before}${from}${between}${to}`;

/** Where somebody sees all that a version changes; undefined where nobody knows the repository's page. */
export function pageOf(lines: Lines, { page, before, tag }: Release): string | undefined {
  const addresses = addressesOf(lines, page);
  return addresses && addressOf(addresses, before, tag);
}

/** What the links need for the version. A file whose versions have none gets none. */
export function linksWith(lines: Lines, release: Release): Edit[] {
  const { links, sections, foot, all } = lines;
  const { version, tag, before, isTagged } = release;
  const addresses = addressesOf(lines, release.page);
  const own = links.filter(({ label }) => versionIn(label) !== undefined);
  const hasVersions = sections.some((section) => section.version !== undefined);
  if (addresses === undefined || version === undefined || (hasVersions && own.length === 0)) return [];
  const unreleased = own.find(({ label }) => isUnreleased(label));
  const newest = addressOf(addresses, tag, "HEAD");
  const isNewest = !isTagged && !sections.some((one) => one.version !== undefined && compare(one.version, version) > 0);
  const first: Edit[] = unreleased && isNewest ? changed(lines, unreleased, newest) : [];
  if (own.some(({ label }) => versionIn(label) === version)) return first;
  const added = [
    ...(unreleased === undefined && isNewest && sections.some((section) => section.version === undefined)
      ? [`[unreleased]: ${newest}`]
      : []),
    `[${sections.some(({ heading }) => /\[v\d/.test(heading)) ? "v" : ""}${version}]: ${addressOf(addresses, before, tag)}`,
  ];
  const older = own.find(({ label }) => versionIn(label) !== "" && compare(versionIn(label)!, version) < 0);
  const at = older?.index ?? (own.at(-1)?.index ?? links.at(-1)?.index ?? foot - 1) + 1;
  const isAfterText = links.length === 0 && (at === 0 || all[at - 1]!.trim() !== "" || at === foot);
  return [...first, { from: at, to: at, lines: [...(isAfterText ? [""] : []), ...added] }];
}

const changed = ({ all }: Lines, { index, url }: Link, now: string): Edit[] =>
  url === now ? [] : [{ from: index, to: index + 1, lines: [all[index]!.replace(url, () => now)] }];
