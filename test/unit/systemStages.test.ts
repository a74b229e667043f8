/** A stage of a Dockerfile that the tests of systems build with this machine's tools. */
import { expect, it } from "vitest";
import { stageOf } from "../systems/support/compile.ts";
import { lostOrDoubled } from "../systems/support/writes.ts";

const DOCKERFILE = `ARG GO=golang
ARG BASE=debian

FROM \${GO} AS compile
COPY . .
RUN go build -o /out/app \\
      -ldflags "-s"
RUN mkdir /out/data

FROM \${BASE}
COPY --from=compile /out/app /app
`;

it("is known by its commands, and replaced by what they leave", () => {
  const { commands, replaced } = stageOf(DOCKERFILE, "compile");
  expect(commands).toEqual([expect.stringMatching(/^go build -o \/out\/app +-ldflags "-s"$/), "mkdir /out/data"]);
  expect(replaced).toBe(
    "ARG GO=golang\nARG BASE=debian\n\nFROM scratch AS compile\nCOPY compiled /\n\nFROM ${BASE}\nCOPY --from=compile /out/app /app\n",
  );
});

it("that the file does not have is refused", () =>
  expect(() => stageOf(DOCKERFILE, "test")).toThrow("the Dockerfile has no stage test"));

it("a write that was acknowledged and is gone is lost, and one that is there twice doubled", () =>
  expect(lostOrDoubled({ acknowledged: ["a", "b", "c"], failures: ["d: reset"] }, ["a", "b", "b", "d"])).toEqual({
    lost: ["c"],
    doubled: ["b"],
    failures: ["d: reset"],
  }));
