/** What hooks are likely to do in a repository, by what is in it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { z } from "zod";
import { readDotenv } from "../../components/compose/dotenv.ts";
import { quote } from "../../components/shared/shell.ts";
import type { Git } from "../version/git.ts";
import type { hooksSchema } from "./config.ts";
import { dotenvProblem } from "./run/dotenv.ts";

export type Proposal = z.input<typeof hooksSchema>;

export function propose(git: Git): Proposal {
  const test = testOf(git.root);
  const deploy = deployOf(git);
  return {
    ...(deploy !== undefined && hasCredentials(git) ? { env: ".env" } : {}),
    postCommit: { version: true },
    prePush: { ...(test === undefined ? {} : { test }), confirm: true, ...(deploy === undefined ? {} : { deploy }) },
  };
}

function testOf(root: string): string | undefined {
  const has = (path: string): boolean => existsSync(join(root, path));
  const says = (path: string, pattern: RegExp): boolean =>
    has(path) && pattern.test(readFileSync(join(root, path), "utf8"));
  if (says("Makefile", /^test:/m)) return "make test";
  if (says("package.json", /"test"\s*:\s*"(?!echo \\"Error: no test specified)/))
    return has("pnpm-lock.yaml") ? "pnpm test" : has("yarn.lock") ? "yarn test" : "npm test";
  if (has("go.mod")) return "go test ./...";
  if (has("Cargo.toml")) return "cargo test";
  if (has("pytest.ini") || says("pyproject.toml", /pytest/))
    return has("uv.lock") ? "uv run pytest" : has("poetry.lock") ? "poetry run pytest" : "pytest";
  return undefined;
}

/** Of the only program, to the only stack or the one that is called prod. */
function deployOf(git: Git): { branch: string; run: string } | undefined {
  const files = (pattern: string): string[] =>
    git
      .run(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", pattern])
      .split("\0")
      .filter((path) => path !== "");
  const folders = files(":(glob)**/Pulumi.yaml").map(dirname);
  if (folders.length !== 1) return undefined;
  const [folder = "."] = folders;
  const stacks = files(`:(glob)${folder === "." ? "" : `${folder}/`}Pulumi.*.yaml`).flatMap(
    (path) => /Pulumi\.([\w-]+)\.yaml$/.exec(path)?.[1] ?? [],
  );
  const stack = stacks.includes("prod") ? "prod" : stacks.length === 1 ? stacks[0] : undefined;
  if (stack === undefined) return undefined;
  const branch = ["main", "master"].find((name) => git.commitOf(`refs/heads/${name}`)) ?? git.branch ?? "main";
  const there = folder === "." ? "" : `cd ${quote(folder)} && `;
  return { branch, run: `${there}npm exec --no -- slipway deploy --env ${stack} --yes` };
}

/** Whether a `.env` is of the deployment, and not only of the application. */
function hasCredentials(git: Git): boolean {
  const file = join(git.root, ".env");
  if (!existsSync(file) || dotenvProblem(git, ".env") !== undefined) return false;
  return Object.keys(readDotenv(readFileSync(file, "utf8"))).some((name) => /^(PULUMI|SLIPWAY|SSH|DEPLOY)_/.test(name));
}
