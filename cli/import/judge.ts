/** Whether a variable is to be kept secret, by its name and by what its value looks like. */
import { DIGEST, secretIn } from "./evidence.ts";

export type Kind = "secret" | "plain";

export interface Judgement {
  /** What is proposed. */
  kind: Kind;
  /** Why it is proposed as a secret, without any of its value. */
  why?: string;
  /** Whether it looks so much like one that it may not be written in plain text. */
  isCertain: boolean;
}

/** Names that end so are of nothing else. */
const CERTAIN = /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY)$|(^|_)(PASS|PWD|PW)$/i;
const LIKELY = /PASSW|SECRET|TOKEN|CREDENTIAL|PRIVATE|SALT|PEPPER|APIKEY|(^|_)(PASS|PWD|KEYS?|DSN|AUTH)(_|$)/i;
const CAMEL = /[a-z]Keys?$/;
/** What everybody who opens a page reads. */
const PUBLIC = /(^|_)(PUBLIC|PUBLISHABLE)(_|$)/i;

const SWITCH = /^(true|false|yes|no|on|off|y|n|none|null)?$/i;
const NUMBER = /^[+-]?\d+([._]\d+)*(ms|s|m|h|d|[kmgt]i?b?|%)?$/i;
/** A file with a secret in it is named by a path, and a way to ask for one by an address. */
const ELSEWHERE = /^(\.{0,2}\/[\w./-]*|https?:\/\/[\w./:-]+)$/;

/** A word as people write it, or a number; with a short one at its end, like `web1`. */
const PIECE = /^(\p{Lu}?\p{Ll}{1,24}|\p{Lu}{1,24}|\p{Lo}+|\d{1,10}|(\p{Lu}?\p{Ll}{1,12}|\p{Lu}{1,12})\d{1,3})$/u;
const BETWEEN = /[\s,;:._/@=?&+*()[\]{}"'<>|\\~%#-]+/u;

/** Whether a value is made of words and numbers: an address, a path, a list, an expression of time. */
export function isHarmless(value: string): boolean {
  if (SWITCH.test(value) || NUMBER.test(value)) return true;
  const pieces = value
    .replaceAll(DIGEST, "")
    .split(BETWEEN)
    .filter((piece) => piece !== "");
  // A single word with a number at its end is what people make passwords of.
  if (pieces.length === 1 && /^\p{L}+\d+$/u.test(pieces[0]!) && value.length > 5) return false;
  return pieces.every((piece) => PIECE.test(piece));
}

export function judge(name: string, value: string): Judgement {
  const evidence = secretIn(value);
  if (evidence !== undefined) return { kind: "secret", why: `its value ${evidence}`, isCertain: true };
  const isPublic = PUBLIC.test(name);
  const byName = { kind: "secret", why: "its name says so" } as const;
  if (CERTAIN.test(name) && !isPublic && !SWITCH.test(value)) return { ...byName, isCertain: true };
  if (
    (LIKELY.test(name) || CAMEL.test(name)) &&
    !isPublic &&
    (value === "" || !(isNumeric(value) || ELSEWHERE.test(value)))
  )
    return { ...byName, isCertain: !isHarmless(value) };
  if (isHarmless(value)) return { kind: "plain", isCertain: false };
  return { kind: "secret", why: "its value may be one", isCertain: false };
}

const isNumeric = (value: string): boolean => SWITCH.test(value) || NUMBER.test(value);
