/**
 * In a condition bash goes on after every failing command of a function (errexit is off below it), so a function that
 * changes something and is asked how it went must be one chain of commands that fails as a whole. Anything longer is
 * run by `apart`, as a process of its own.
 */
import { describe, expect, it } from "vitest";
import { scripts } from "../support/hostScripts.ts";

/** Each is one chain, or looks at every command by itself. */
const CHAINS = [
  "add_packages",
  "append_line",
  "append_to_ledger",
  "as_root",
  "follow_running",
  "forget_release",
  "helper",
  "hold",
  "in_helper",
  "join_network",
  "ledger",
  "make_again",
  "note_backup",
  "note_drill",
  "own_empty_mounts",
  "phase",
  "pool",
  "pull",
  "put_event",
  "record",
  "record_again",
  "replace",
  "restart_policy",
  "signal_session",
  "start_container",
  "stop_container",
  "take_lock",
  "write_applied",
  "write_maintenance",
  "write_upstream",
];

const CHANGES =
  /(?<![\w-])(replace|mv|rm|cp|ln|dd|truncate|touch|apart|as_root)(?![\w-])|docker (rm|start|stop|unpause|update|run|network (create|connect|rm|disconnect))|engine (POST|DELETE)|(?<![\w-])told(?![\w-])/;

/** Functions by name, each with its body on lines that are not continued. */
function functions(): Map<string, string> {
  const found = new Map<string, string>();
  for (const text of Object.values(scripts())) {
    const whole = text.replaceAll(/\\\n\s*/g, " ").replaceAll(/^\s*#.*$/gm, "");
    for (const [, name, one, many] of whole.matchAll(/^(\w+)\(\) (?:\{ (.*) \}$|\{\n([\s\S]*?)^\})/gm))
      found.set(name!, (one ?? many)!);
  }
  return found;
}

/** Whether a name stands where its exit code is looked at. */
function asked(name: string, text: string): boolean {
  const inCondition = new RegExp(`(?:\\b(?:if|elif|while|until)|!)\\s+(?:!\\s+)?\\(?${name}\\b`);
  const beforeOperator = new RegExp(
    `(?:^|[;&|({=]|\\bthen|\\bdo|\\$\\()\\s*\\(?${name}\\b(?:"[^"\\n]*"|[^";|&\\n])*(?:\\|\\||&&)`,
    "m",
  );
  return inCondition.test(text) || beforeOperator.test(text);
}

describe("a function of the host's scripts that changes something and is asked how it went", () => {
  it("is found where it is asked, and only there", () => {
    expect(asked("act", "if act now; then\n")).toBe(true);
    expect(asked("act", 'act "$1" || fail "no"\n')).toBe(true);
    expect(asked("act", "until ! act; do\n")).toBe(true);
    expect(asked("act", "(act) || true\n")).toBe(true);
    expect(asked("act", "act\nother || true\n")).toBe(false);
    expect(asked("act", "then act; fi\n")).toBe(false);
  });

  it("is one of those that fail as a whole", () => {
    const all = functions();
    expect(all.size).toBeGreaterThan(150);
    const text = [...all.values()].join("\n");
    const changing = [...all].filter(([, body]) => CHANGES.test(body)).map(([name]) => name);
    expect(changing.length).toBeGreaterThan(40);
    expect(changing.filter((name) => asked(name, text) && !CHAINS.includes(name)).sort()).toEqual([]);
  });
});
