/** How a host's scripts pull an image: by Docker's API, whose answer tells at its end what went wrong. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const { root, run, double } = hostShell("pull");
const LOGIN = "bG9naW4=";
const pull = (image: string) =>
  run(`LOGINS=([ghcr.io]=${LOGIN} [docker.io]=aHVi); pull ${image} || echo "$ANSWER"`).stdout;
const read = (name: string): string => readFileSync(join(root, name), "utf8");

beforeEach(() => {
  double(
    "curl",
    `cd ${root}; printf '%s\n' "$*" >args; cat >stdin; printf '{"status":"Pulling"}\n{"status":"Done"}\n\n200'`,
  );
});

describe("an image", () => {
  it("is pulled with the login of its registry, which no process gets as an argument", () => {
    expect(pull("ghcr.io/anna/shop@sha256:12")).toBe("");
    expect(read("args")).toContain("http://docker/images/create?fromImage=ghcr.io/anna/shop@sha256:12\n");
    expect(read("args")).not.toContain(LOGIN);
    expect(read("stdin")).toBe(`header = "X-Registry-Auth: ${LOGIN}"\n`);
  });
  it.each([
    ["redis:7", "aHVi"],
    ["anna/shop:1", "aHVi"],
  ])("without a registry is Docker Hub's: %s", (image, login) => {
    pull(image);
    expect(read("stdin")).toBe(`header = "X-Registry-Auth: ${login}"\n`);
  });
  it.each(["localhost/shop:1", "10.0.0.1:5000/shop:1"])("of another registry goes without a login: %s", (image) => {
    pull(image);
    expect(read("stdin")).toBe("\n");
  });
  it("is not pulled where Docker tells so after it began", () => {
    double("curl", `printf '{"status":"Pulling"}\n{"errorDetail":{"message":"no space"},"error":"no space"}\n\n200'`);
    expect(pull("ghcr.io/anna/shop@sha256:12")).toBe("no space\n");
  });
});
