/** Files of variables, secrets and configs that a Compose document names beside itself. */
import { describe, expect, it } from "vitest";
import type { Beside, Given } from "../fixtures/application.ts";
import { carried, refused } from "../fixtures/beside.ts";

describe("a file of variables", () => {
  const files = (env_file: unknown, beside: Record<string, Beside> = { "a.env": "A=1" }, given: Given = {}) =>
    carried({ env_file }, beside, given).document.services.db!.env_file;
  const PLACE = /^\/opt\/shop\/secrets\/[0-9a-f]{16}\/a_env$/;

  it("goes along as a secret, in every notation", () => {
    expect(files("a.env")).toMatch(PLACE);
    expect(files(["./a.env"])).toEqual([expect.stringMatching(PLACE)]);
    expect(files([{ path: "${E:-a.env}", required: true, format: "raw" }])).toEqual([
      { path: expect.stringMatching(PLACE), required: true, format: "raw" },
    ]);
    expect(carried({ env_file: "a.env" }, { "a.env": "A=1" }).carried.secrets).toEqual([
      { name: "a.env", at: expect.any(String), content: Buffer.from("A=1"), reader: "compose" },
    ]);
  });

  it("is the release's own by the name .env, also through a variable", () => {
    expect(files(".env", { ".env": "X=1" })).toBe(".env");
    expect(files(["${ENV_FILE:-.env}", "./.env"], {})).toEqual([".env", "./.env"]);
  });

  it("may be missing where it is optional, or on the host", () => {
    const written = [{ path: "b.env", required: false }, { path: "../c.env", required: "false" }, "/etc/x.env"];
    expect(files(written)).toEqual(written);
  });

  it("is refused where it is missing, outside or a folder", () => {
    expect(refused({ env_file: ["b.env", "../c.env", "d"] }, { "d/x": "" })).toEqual([
      'apps: shop.services.db.env_file: "b.env" is not there; put the file beside compose.yaml, or name its full path on the host',
      expect.stringMatching(/^apps: shop\.services\.db\.env_file: "\.\.\/c\.env" lies outside of the folder/),
      'apps: shop.services.db.env_file: "d" is a folder, not a file; name a file in it',
    ]);
  });
});

describe("a secret or config by file", () => {
  const defined = (service: object, rest: object, beside: Record<string, Beside> = { "key.txt": "k" }) =>
    carried({ secrets: ["s"], ...service }, beside, { rest } as never);

  it("goes along, for the user that all its services run as", () => {
    const of = (service: object) => defined(service, { secrets: { s: { file: "./key.txt" } } });
    const { document, carried: all } = of({ user: "1000:1000" });
    expect(document.secrets!.s!.file).toMatch(/^\/opt\/shop\/secrets\/[0-9a-f]{16}\/key_txt$/);
    expect(all.secrets).toEqual([expect.objectContaining({ name: "./key.txt", reader: 1000 })]);
    expect([of({}), of({ user: "app" })].map((stack) => stack.carried.secrets[0]!.reader)).toEqual([
      "container",
      "container",
    ]);
  });

  it("goes along as a config, which is none", () => {
    const { document, carried: all } = defined(
      { secrets: [], configs: ["c"] },
      { configs: { c: { file: "key.txt" } } },
    );
    expect(document.configs!.c!.file).toBe(`/opt/shop/release-files/${all.files[0]!.at}`);
    expect(all.secrets).toEqual([]);
  });

  it("is left out, and need not be there, where no active service is given it", () => {
    const { document, carried: all } = defined(
      { secrets: [] },
      { secrets: { s: { file: "./none" }, t: { file: "/etc/t" } } },
    );
    expect([document.secrets, all]).toEqual([{ t: { file: "/etc/t" } }, { files: [], secrets: [] }]);
  });

  it("is refused where it is missing", () =>
    expect(refused({ secrets: ["s"] }, {}, { secrets: { s: { file: "./none" } } })).toEqual([
      'apps: shop.secrets.s.file: "./none" is not there; put the file beside compose.yaml, or name its full path on the host',
    ]));
});
