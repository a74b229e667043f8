/** What `slipway logs` makes of the lines that hosts print. */
import { describe, expect, it } from "vitest";
import { byLine } from "../../cli/logs/follow.ts";
import { inOrder, painter, readLine, remember } from "../../cli/logs/line.ts";
import { logsCommand } from "../../components/protocol/commands.ts";

const AT = "2026-11-28T02:21:01.123456789Z";
const show = painter((_, text) => text);
const of = (host: string, line: string) => readLine(host, "shop", line);

describe("a line", () => {
  it("is shown with its time, its host, application and container", () =>
    expect(show(of("web-1", `web-2  | ${AT} GET /  | 200`))).toBe(
      "2026-11-28 02:21:01 web-1 shop web-2 | GET /  | 200\n",
    ));

  it("that Compose itself says is shown as it is", () =>
    expect(show(of("web-1", "web-2 exited with code 1"))).toBe("web-1 shop | web-2 exited with code 1\n"));

  it("may be empty, and cannot move a reader's terminal", () => {
    expect(show(of("web-1", `web-2  | ${AT}`))).toMatch(/ web-2 \| \n$/);
    expect(show(of("web-1", `web-2  | ${AT} a\x1b[2J\x1b]0;x\x07b\rc`))).toMatch(/ \| ab c\n$/);
  });

  it("that a host says again, as it does when it follows anew, is known; the same text of another moment is new", () => {
    const isNew = remember();
    const line = of("web-1", `web-2  | ${AT} beat`);
    expect([isNew(line), isNew(line), isNew({ ...line, host: "web-2" })]).toEqual([true, false, true]);
    expect(isNew({ ...line, time: "2026-11-28T02:21:02Z" })).toBe(true);
  });
});

it("lines of several hosts come by time, and what has none where its host said it", () => {
  const lines = [
    of("a", "x-1  | 2026-11-28T02:00:01Z one"),
    of("a", "x-1 exited"),
    of("a", "x-1  | 2026-11-28T02:00:04Z four"),
    of("b", "x-1  | 2026-11-28T02:00:02Z two"),
  ];
  expect(inOrder(lines).map(({ text }) => text)).toEqual(["one", "x-1 exited", "two", "four"]);
});

it("lines that come in pieces are whole, also where a character is divided", () => {
  const lines: string[] = [];
  const { add, end } = byLine((line) => lines.push(line));
  for (const byte of Buffer.from("ä|\nsecond\nthird")) add(Buffer.from([byte]));
  expect(lines).toEqual(["ä|", "second"]);
  end();
  expect(lines).toEqual(["ä|", "second", "third"]);
});

describe("a host", () => {
  it("is asked by one command", () =>
    expect(logsCommand("/opt", "shop", { services: ["web", "worker"], since: 90_000, tail: 100, follow: true })).toBe(
      "/opt/slipway/bin/slipway logs shop --services 'web worker' --since 90s --tail 100 --follow",
    ));

  it.each([";id", "--follow", "$(id)"])("is not asked for the service %s", (service) =>
    expect(() => logsCommand("/opt", "shop", { services: [service] })).toThrow(),
  );
});
