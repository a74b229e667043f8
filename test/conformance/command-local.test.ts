import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changed, Plugin, urn } from "./support/plugin.ts";
import { isSecret, type Properties, secret } from "./support/values.ts";

const command = urn("command:local:Command");

describe("what the command plugin does on this machine", () => {
  let plugin: Plugin;
  beforeAll(async () => {
    plugin = await Plugin.start("command");
  });
  afterAll(() => plugin?.stop());

  const create = async (inputs: Properties) => plugin.create(command, await plugin.checked(command, inputs));

  test("a shell runs create, and one trailing newline of the output is dropped", async () => {
    const { state } = await create({ create: "echo out; echo; echo err >&2" });
    expect([state.stdout, state.stderr]).toEqual(["out\n", "err"]);
  });

  test("an interpreter gets create as its last argument, whole, and stdin", async () => {
    const { state } = await create({
      interpreter: ["node", "--input-type=module", "-e"],
      create: 'for await (const part of process.stdin) console.log("got \'" + part + "\'");\n',
      stdin: secret("a token"),
    });
    expect(state.stdout).toBe("got 'a token'");
    expect([isSecret(state.stdin), isSecret(state.create)]).toEqual([true, false]);
  });

  test("it has this machine's variables and its own, and runs where it is told", async () => {
    const { state } = await create({
      create: 'echo "$GREETING ${PATH:+path} $PWD"',
      environment: { GREETING: "hi" },
      dir: "/",
    });
    expect(state.stdout).toBe("hi path /");
  });

  test("a failure is told with the line and all that it printed", async () => {
    await expect(create({ create: "echo why; echo told >&2; exit 3" })).rejects.toThrow(
      /exit status 3: running "echo why; echo told >&2; exit 3":\n(why\ntold|told\nwhy)/,
    );
  });

  test("an update runs create again where there is no update, and sees what was printed before", async () => {
    const before = await plugin.checked(command, { create: "echo one" });
    const { state } = await plugin.create(command, before);
    const after = await plugin.checked(command, { create: 'echo "after $PULUMI_COMMAND_STDOUT"' });
    expect(await plugin.diff(command, state, before, after)).toMatchObject({ changes: changed, replaces: [] });
    expect((await plugin.update(command, state, before, after)).stdout).toBe("after one");
  });

  test("without a delete nothing runs when it goes", async () => {
    const inputs = await plugin.checked(command, { create: "true" });
    const { state } = await plugin.create(command, inputs);
    await plugin.remove(command, state, inputs);
  });
});
