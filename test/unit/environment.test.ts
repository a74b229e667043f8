import { expect, it } from "vitest";
import { renderEnvironment } from "../../components/release/envFile.ts";
import { fingerprint } from "../../components/shared/fingerprint.ts";

it("an environment file is sorted and escaped; test/host reads it with the real Docker Compose", () => {
  expect(renderEnvironment({ B: "a b", A: '"$x" \\ \r\n#', EMPTY: "" })).toBe(
    'A="\\"\\$x\\" \\\\ \\r\\n#"\nB="a b"\nEMPTY=""\n',
  );
  expect(renderEnvironment({})).toBe("");
});

it("a fingerprint names a content without giving it away, differently in every application", () => {
  const names = [fingerprint("x", "shop"), fingerprint("y", "shop"), fingerprint("x", "blog")];
  expect(new Set(names).size).toBe(3);
  expect(fingerprint("x", "shop")).toBe(names[0]);
  expect(names).toEqual([0, 0, 0].map(() => expect.stringMatching(/^[0-9a-f]{16}$/)));
});
