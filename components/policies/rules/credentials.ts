/** Credentials that everybody reads who sees the declaration, the plan or the container. */
import type { Plain } from "../../shared/records.ts";
import { at, LATER, mapAt, type ServiceFacts, textAt, wordsAt } from "../facts.ts";
import { credentialIn, credentialsOf, isCredential } from "../literals.ts";
import type { ServiceRule } from "../rule.ts";

/** Maps of names and values. */
const VALUES = [["environment"], ["labels"], ["annotations"], ["deploy", "labels"], ["logging", "options"]];
/** Commands, as one line each. */
const COMMANDS = [["command"], ["entrypoint"], ["healthCheck", "test"]];
/** What runs in a container of its own. */
const ONE_OFFS = [
  ["backup", "command"],
  ["backup", "restore"],
  ["migration", "command"],
  ["migration", "down"],
  ["verification", "command", "command"],
];
const HOOKS = ["post_start", "pre_stop"];

function* inCommand(place: string, line: string): Generator<string> {
  for (const { name, what } of credentialsOf(line)) {
    const with_ = what === "a literal" ? "a literal credential" : `${what} in it`;
    yield name === "" ? `${place} has ${with_}` : `${place} has ${with_}, for ${name}`;
  }
}

/** Names and values in either notation: as a map, or as a list that a review shows as one line. */
function pairsAt(value: Plain, ...path: string[]): [string, Plain][] {
  const found = at(value, ...path);
  const map = Object.entries(mapAt(found));
  if (map.length > 0) return map;
  return wordsAt(value, ...path).map((word) => {
    const [name = "", ...rest] = word.split("=");
    return [name, rest.join("=")];
  });
}

function* inValues(place: string, pairs: [string, Plain][]): Generator<string> {
  for (const [name, shownValue] of pairs) {
    const value = String(shownValue);
    // What is known later has a secret in it.
    if (value === LATER) continue;
    const what = isCredential(name, value) ? "a literal credential" : credentialIn(value);
    if (what !== undefined) yield `${place}.${name} is ${what}`;
  }
}

/** Of a volume that is a share of another machine: "username=anna,password=…". */
function* inVolumes({ shown, application }: ServiceFacts): Generator<string> {
  for (const mount of Object.values(mapAt(shown, "mounts"))) {
    const volume = typeof mount === "object" ? textAt(mount, "source") : String(mount).split(" ")[0];
    if (volume === undefined || volume === LATER) continue;
    const { o = "", ...others } = mapAt(application.review, "compose", "volumes", volume, "driver_opts");
    const options = String(o)
      .split(",")
      .map((option): [string, string] => {
        const [name = "", ...value] = option.split("=");
        return [name, value.join("=")];
      });
    for (const [name, value] of [...options, ...Object.entries(others)])
      if (value !== LATER && isCredential(name, String(value)))
        yield `volumes: ${volume} has a literal credential in its driver_opts, for ${name}`;
  }
}

const literalCredential: ServiceRule = {
  id: "literal-credential",
  subject: "application",
  severity: "high",
  title: "No credential stands in a Compose file, a variable or a command",
  reason:
    "It stays in the repository's history, and everybody reads it who sees the plan, the release on the host or docker inspect. Names and usual shapes are looked for; what looks like any other text is not found.",
  remedy:
    "make it a secret of the application (pulumi config set --secret --path slipway:secrets.<application>.<NAME>), write ${NAME} in its place, and have the old one revoked",
  known: [
    "compose-lint CL-0020",
    "compose-lint CL-0021",
    "CIS Docker 4.10",
    "KICS Passwords And Secrets",
    "CKV_SECRET_4",
    "CKV_SECRET_13",
    "OWASP Docker rule 12",
  ],
  *beside({ review }) {
    for (const path of ONE_OFFS) yield* inCommand(path.join("."), textAt(review, ...path) ?? "");
    for (const [address, route] of Object.entries(mapAt(review, "routes")))
      for (const [path, headers] of Object.entries(mapAt(route)))
        if (path.endsWith(" headers")) yield* inValues(`proxy.headers of ${address}`, Object.entries(mapAt(headers)));
  },
  *service(service) {
    const { shown } = service;
    for (const path of COMMANDS) yield* inCommand(path.join("."), textAt(shown, ...path) ?? "");
    for (const hook of HOOKS)
      for (const [name, entry] of Object.entries(mapAt(shown, hook))) {
        yield* inCommand(`${hook}.${name}`, textAt(entry, "command") ?? "");
        yield* inValues(`${hook}.${name}.environment`, pairsAt(entry, "environment"));
      }
    yield* inVolumes(service);
    for (const path of VALUES) yield* inValues(path.join("."), pairsAt(shown, ...path));
  },
};

export const CREDENTIAL_RULES = [literalCredential];
