import { expect, it } from "vitest";
import { renderEnvironment } from "../../components/release/envFile.ts";
import { fingerprint, withFingerprints } from "../../components/shared/fingerprint.ts";

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

it("fingerprints that are made ahead are those that are made one by one, and an error is that of the work itself", async () => {
  const name = (content: string): string => fingerprint(content, "ahead");
  const ahead = await withFingerprints(() => ["a", "b", "a"].map(name));
  expect(ahead).toEqual(["a", "b", "a"].map(name));
  expect(new Set(ahead).size).toBe(2);
  // One that is made of another is not known ahead.
  const nested = await withFingerprints(() => name(name("c")));
  expect(nested).toBe(name(name("c")));
  await expect(
    withFingerprints(() => {
      throw new Error(`not ${name("d")}`);
    }),
  ).rejects.toThrow(`not ${name("d")}`);
});
