/** What a secret looks like, whatever it is called. */

const SIGNS: [RegExp, string][] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/, "is a private key"],
  [/:\/\/[^\s/?#:@]*:(?!\d+(?:[/?#]|$))[^\s@]+@/, "has a password in an address"],
  [
    /(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|signature|sig)["']?\s*[=:]\s*["']?[^\s"';&,]{3}/i,
    "names a secret in it",
  ],
  [/\b(?:bearer|basic) +[\w.+/=-]{8}/i, "is a login"],
  [
    /\b(?:gh[pousr]_|github_pat_|glpat-|sk[-_]|rk_|whsec_|xox[a-z]-|AKIA|ASIA|AIza|ya29\.|SG\.|npm_|pypi-|dop_v1_|hf_|AGE-SECRET-KEY-)[\w-]{6}/,
    "looks like a token",
  ],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}/, "looks like a token"],
  [/\$(?:2[abxy]|5|6|7|y|apr1|argon2(?:id|i|d)|scrypt)\$|^\{S?SHA\d*\}/, "is a password's hash"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i, "looks random"],
];

/** Says of an image what it is, and hides nothing. */
export const DIGEST = /\bsha256:[0-9a-f]{64}\b/g;

/** How it looks like a secret; undefined where it does not. */
export function secretIn(value: string): string | undefined {
  const sign = SIGNS.find(([pattern]) => pattern.test(value));
  if (sign !== undefined) return sign[1];
  const runs = value.replaceAll(DIGEST, "").match(/[A-Za-z0-9+=_-]{16,}/g) ?? [];
  return runs.some(isRandom) ? "looks random" : undefined;
}

/** A part of a name: a word, a number, or both. */
const NAMED = /^([A-Za-z]?[a-z]+|[A-Z]+|\d{1,8}|[A-Za-z]{1,12}\d{1,4}|\d{1,4}[A-Za-z]{1,3})$/;
/** Bits for each character: English words joined together have fewer, or no numbers. */
const ENOUGH = 3;

function isRandom(run: string): boolean {
  if (run.split(/[-_+=]+/).every((part) => part === "" || NAMED.test(part))) return false;
  if (/\d/.test(run) && /[A-Za-z]/.test(run)) return entropy(run) >= ENOUGH;
  const humps = run.match(/[A-Z]?[a-z]+|[A-Z]/g) ?? [];
  return humps.length > 0 && run.length / humps.length < 3;
}

function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return -[...counts.values()].reduce((sum, count) => sum + (count / text.length) * Math.log2(count / text.length), 0);
}
