/** Whether a text that everybody may read is a credential: by the name that it stands under, and by its shape. */
import { isHidden } from "./facts.ts";

/** Words that end in a credential, with `_` between them. */
const CREDENTIAL =
  /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|(?:API|ACCESS|PRIVATE|ENCRYPTION|SIGNING|MASTER|AUTH)_?KEY|(?:^|_)(?:PASS|PWD|SALT)$|REQUIREPASS|MASTERAUTH/;
/** What is about a credential, and is none: where it lies, what it is called, who may see it, whether there is one. */
const ABOUT = new RegExp(
  [
    `_(?:${[
      ...["FILE", "PATH", "DIR", "URL", "URI", "ENDPOINT", "ID", "NAME", "HEADER", "TYPE", "ALGORITHM", "ALG"],
      ...["ISSUER", "AUDIENCE", "ENABLED", "POLICY", "ARN", "REF", "STORE", "BACKEND", "PROVIDER", "MANAGER", "MODE"],
      ...["EXPIRY", "EXPIRATION", "EXPIRES_IN", "LIFETIME", "TTL", "ROTATION", "SCANNING", "ENCRYPTION", "HASHER"],
      ...["AUTHENTICATION", "METHOD", "FORMAT", "PREFIX", "SUFFIX", "COOKIE", "FIELD", "PARAM", "SCOPE", "SCOPES"],
      ...["REGEX", "PATTERN", "HINT", "LABEL", "SUBJECT", "TEMPLATE", "VERSION", "STRATEGY", "CACHE", "LOCATION"],
    ].join("|")})$`,
    "^(?:USE|ENABLE|DISABLE|REQUIRE|ALLOW|MAX|MIN)_",
    "PUBLIC|ALLOW_EMPTY|RANDOM_|_REQUIRED|TOKENI[SZ]",
  ].join("|"),
);
/** Names that end like this hold the credential itself, though it be a number. */
const ITSELF = /(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|TOKEN|KEY|KEY_BASE|SALT|REQUIREPASS|MASTERAUTH)$/;

const NUMBER = /^\d+(?:\.\d+)?(?:ms|s|m|h|d)?$/i;
const SWITCH = /^(?:yes|no|true|false|on|off|0|1)$/i;
/** Something else takes its place: `$NAME`, `${NAME}`, `$(command)`, `{name}`, `<name>`, `%NAME%`, `***`. */
const REPLACED = /^(?:\$\{?\w+\}?|\$\(.*\)|\{+[^{}]*\}+|<[^<>]*>|%\w+%|\*+)$/s;
/** Where a container finds the credential. */
const PATH = /^(?:\.{1,2}|~|\/(?:run|etc|var|opt|data|app|config|secrets|home|mnt|srv|usr|tmp))\/[\w./-]*$/;

const standsFor = (value: string): boolean =>
  isHidden(value) || [REPLACED, PATH].some((shape) => shape.test(value)) || value.trim() === "";

/** Whether a name says that its value is a credential, and the value is one. */
export function isCredential(name: string, value: string): boolean {
  const upper = name.toUpperCase().replace(/[.-]/g, "_");
  if (!CREDENTIAL.test(upper) || ABOUT.test(upper)) return false;
  if (SWITCH.test(value) || standsFor(value)) return false;
  return !NUMBER.test(value) || ITSELF.test(upper);
}

const URL_WITH_PASSWORD = /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]{0,200}:([^\s/@]{1,500})@/gi;
/** Drivers' own notations: "app:…@tcp(db)/app", "Server=db;Password=…", "host=db password=…". */
const CONNECTION = /^[^\s:@/]{1,200}:([^\s@]{1,200})@(?:tcp|unix)\(|(?:^|[;\s])(?:password|passwd|pwd) ?= ?([^\s;]+)/gi;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY/;
/** As a review shows a long text: what it has in it comes first. */
const SHORTENED =
  /^(a private key|a token|a URL with a password|a connection with a password|a literal credential), \d+ characters, sha256 [0-9a-f]{12}$/;
/** Tokens begin with the name of who gave them out. */
const TOKEN = new RegExp(
  `(?:^|[^A-Za-z0-9])(?:${[
    ...["gh[oprsu]_[A-Za-z0-9]{36}", "github_pat_\\w{22}", "glpat-[\\w-]{20}", "npm_[A-Za-z0-9]{36}"],
    ...["(?:AKIA|ASIA)[A-Z0-9]{16}", "AIza[\\w-]{35}", "(?:sk|rk)_live_\\w{16}", "sk-(?:proj|ant|or)-[\\w-]{20}"],
    ...[
      "xox[abeprs]-[\\w-]{10}",
      "hf_[A-Za-z0-9]{30}",
      "dckr_pat_[\\w-]{20}",
      "dop_v1_[0-9a-f]{60}",
      "pul-[0-9a-f]{40}",
    ],
    ...["SG\\.[\\w-]{20,}\\.[\\w-]{20}", "shpat_[0-9a-f]{32}", "pypi-[\\w-]{40}", "AGE-SECRET-KEY-1[A-Z0-9]{20}"],
    ...["eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]{10}", "(?:Bearer|Basic) +[\\w+/.=-]{16}"],
  ].join("|")})`,
);

/** What a value is, whatever its name; undefined where it is no credential. */
export function credentialIn(value: string): string | undefined {
  const [, shortened] = SHORTENED.exec(value) ?? [];
  if (shortened !== undefined) return shortened === "a literal credential" ? undefined : shortened;
  if (PRIVATE_KEY.test(value)) return "a private key";
  if (TOKEN.test(value)) return "a token";
  if (Array.from(value.matchAll(URL_WITH_PASSWORD)).some(([, password = ""]) => !standsFor(password)))
    return "a URL with a password";
  if (Array.from(value.matchAll(CONNECTION)).some(([, before, after]) => !standsFor(before ?? after ?? "")))
    return "a connection with a password";
  return undefined;
}

/** A word of a shell, or of a list as a review shows it. */
const WORD = /(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+/gs;

/** Without its quotes; the word `secret` keeps them, as they tell it from what is hidden. */
function unquoted(text: string): string {
  const [, , within] = /^(["'])(.*)\1$/s.exec(text) ?? [];
  if (within === undefined || isHidden(within)) return text;
  return text.startsWith("'") ? within : within.replace(/\\(["\\])/g, "$1");
}

/** The words of a command, and those of the lines for a shell among them. */
const wordsWithin = (line: string): string[] =>
  Array.from(line.matchAll(WORD)).flatMap(([word]) => {
    const plain = unquoted(word);
    return plain !== word && /\s/.test(plain) && !SHORTENED.test(plain) ? wordsWithin(plain) : [plain];
  });

/** Not the `=` that base64 ends with: what is before it then is no name. */
const ASSIGNED = /^(-{0,2}[A-Za-z_][\w.-]*)=(?!=*$)(.*)$/s;
const FLAG = /^-{1,2}[A-Za-z][\w.-]*$/;
const MYSQL = /(?:^|\/)(?:mysql|mariadb)[\w-]*$/;

/** Flags and variables that a command gives a credential, by their names; "" where a word itself is one. */
export function* credentialsOf(command: string): Generator<{ name: string; what: string }> {
  const words = SHORTENED.test(command) ? [command] : wordsWithin(command);
  const usesMysql = words.some((word) => MYSQL.test(word));
  /** Whether a word is the credential of the flag before it: then nothing in it is a name. */
  let isValue = false;
  for (const [index, word] of words.entries()) {
    if (isValue) {
      isValue = false;
      continue;
    }
    if (SHORTENED.test(word)) {
      yield { name: "", what: credentialIn(word) ?? "a literal" };
      continue;
    }
    const [, assigned, behind = ""] = ASSIGNED.exec(word) ?? [];
    const next = words[index + 1] ?? "";
    const [name = "", value = ""] =
      assigned !== undefined ? [assigned, behind] : FLAG.test(word) && !next.startsWith("-") ? [word, next] : [];
    const what = credentialIn(assigned === undefined ? word : behind);
    if (isCredential(name.replace(/^-+/, ""), unquoted(value))) {
      isValue = assigned === undefined;
      yield { name, what: "a literal" };
    } else if (usesMysql && /^-p[^-\s$]/.test(word)) yield { name: "-p", what: "a literal" };
    else if (what !== undefined) yield { name: assigned ?? "", what };
  }
}
