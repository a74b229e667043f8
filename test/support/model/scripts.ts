/** The order of calls in the text of the host scripts. */
import { globSync, readFileSync } from "node:fs";
import { CALLS } from "./calls.ts";

const FILES = globSync("components/host/scripts/{lib,rollout,operate}/**/*.sh").sort();

/** Every function of the scripts, by its name: the lines of its body. */
export const functions: ReadonlyMap<string, string> = new Map(
  FILES.flatMap((file) =>
    Array.from(readFileSync(file, "utf8").matchAll(/^(\w+)\(\) \{(?: (.*) \}|\n([\s\S]*?)\n\})$/gm), (found) => [
      found[1]!,
      found[2] ?? found[3] ?? "",
    ]),
  ),
);

/** What is no function of the scripts, but a step of the protocol. */
export const COMMANDS: readonly [RegExp, string][] = [
  [/rm -f "\$PROXY\/before\/\$APP"\.\* "\$DIR\/rollout\.json"/, "remove_journal"],
  [/rm -f "\$DIR"\/\*\.new\.\*/, "remove_temporary"],
  [/rm -f "\$DIR\/deployment\.json" "\$DIR\/current"/, "remove_record"],
  [/rm -f "\$DIR\/releases\/\$\{J\["\.after\.release"\]\}\/confirmed"/, "remove_mark"],
  [/rm -f "\$target"\n\s*fi\n\s*if output/, "remove_route_file\nfi\nif output"],
];

/** What counts as a call, if the scripts have it as a command. */
const STEPS = new Set(Object.values(CALLS).flatMap((calls) => calls.map((call) => call.split(" ")[0]!)));

/** They say something, look something up or end on a failure: no step of its own. */
const NO_STEP = new Set(
  `say took exclusive addressed has_its_policy fail_journal fail_docker fail_written step manifest routed containers_for containers_of containers_running use_application
  on_this_side names choose_early is_early ran_before joined_to those_that_run reason_of takes_requests docker is_accessory remove_networks quietly last_line route_is docker_answers alone while_none_holds
  nap now is_over shorten upstream dial keeps_before_migration text_of field ask_at_once give_reserve_up short route_text as_installed`.split(
    /\s+/,
  ),
);

/** Calls of one function, in the order of its text: each name with the plain words after it. */
export function callsIn(name: string): string[] {
  let body = functions.get(name);
  if (body === undefined) throw new Error(`the scripts have no function ${name}`);
  for (const [command, word] of COMMANDS) body = body.replace(command, word);
  const commands = body
    .replaceAll(/^\s*#.*$/gm, "")
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/\bstep \w+ /g, "")
    .split(/[\n;&|(){}!]|\b(?:if|then|else|elif|do|until|while)\b/);
  const calls: string[] = [];
  for (const command of commands) {
    const [call = "", ...rest] = command
      .trim()
      .replace(/^(?:[A-Z_]+=\S+ )+/, "")
      .split(/\s+/);
    if (call === name || NO_STEP.has(call) || !(functions.has(call) || STEPS.has(call))) continue;
    if (call === "fail" && name !== "settle_before_deploying") continue;
    const whole = [call, ...rest.filter((word) => /^[a-z]+$/.test(word))].join(" ");
    // One of two forms of the same call.
    if (calls.at(-1) !== whole) calls.push(whole);
  }
  return calls;
}
