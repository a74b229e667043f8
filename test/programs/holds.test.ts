/** While an application holds requests, no other one reloads the proxy, which would end them. */
import { expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const { run } = hostShell("holds");

it("requests that are held for one service after another are held all along", () => {
  const { stdout, stderr } = run(`
    holds
    flock --wait 10 "$PROXY/held" touch "$ROOT/reloaded" 6>&- &
    sleep 0.3
    holds
    sleep 0.3
    if [ ! -e "$ROOT/reloaded" ]; then echo held; fi
    holds_no_more
    wait
    if [ -e "$ROOT/reloaded" ]; then echo reloaded; fi`);
  expect([stdout, stderr]).toEqual(["held\nreloaded\n", ""]);
});
