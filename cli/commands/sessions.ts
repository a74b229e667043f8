/** Commands that run something in an application's containers. */
import type { SlipwayCommand } from "../command.ts";
import type { SessionOptions } from "../sessions/session.ts";
import { STACK } from "./options.ts";

const HOST = "on this host (default: the first of the application's that serves)";
const CODES = "Exit codes: those of the command; 2 where it was not begun, 255 where the connection was lost.";

export function addSessionCommands(program: SlipwayCommand): void {
  const add = (kind: "exec" | "run", needsWords: boolean) =>
    program
      .command(kind)
      .argument("<application>")
      .argument("[service]", "one of its services (default: the first that has a route)")
      .argument("[command...]", "after --: what runs, word by word; no secrets, as others on the host see the words")
      .usage(`[options] <application> [service] ${needsWords ? "-- <command...>" : "[-- <command...>]"}`)
      .option("--stack <stack>", STACK)
      .option("--host <host>", HOST)
      .runs(async (application: string, service: string | undefined, command: string[], options: SessionOptions) => {
        const [{ session }, { SHELL, wordsOf }] = await Promise.all([
          import("../sessions/session.ts"),
          import("../sessions/words.ts"),
        ]);
        const operands = service === undefined ? [] : [service, ...command];
        const { words, service: named } = wordsOf(program.given, operands, kind);
        if (words === undefined && needsWords)
          throw new Error(`${kind}: name what is to run, after --, like slipway ${kind} ${application} -- env`);
        return session(
          { ...options, kind, application, service: named, words: words ?? SHELL },
          { input: process.stdin, output: process.stdout, errors: process.stderr },
        );
      });
  add("exec", false)
    .summary("run a command, or a shell, in the container that serves")
    .description(
      `Runs a command in the container of the release that serves: with the terminal where this has one, else with standard input and output. Without a command it is a shell. Ctrl-C reaches the command. A deployment that replaces the container ends it. docs/day-to-day.md tells more.\n\n${CODES}`,
    )
    .examples(
      "slipway exec shop",
      "slipway exec shop db -- psql -U shop",
      "slipway exec shop --host web-2 -- ls -l /data",
    );
  add("run", true)
    .summary("run a command in a fresh container of what runs")
    .description(
      `Runs a command in a fresh container of the image that runs, with the service's variables, secrets, networks and volumes, but no port and no requests. The container is removed afterwards, also after Ctrl-C or a lost connection; a deployment meanwhile leaves it alone. docs/day-to-day.md tells more.\n\n${CODES}`,
    )
    .examples(
      "slipway run shop -- bin/rails console",
      "slipway run shop worker -- python manage.py clearsessions",
      "slipway run shop --stack prod -- env",
    );
}
