import { containers, engine, ownContainers } from "./docker.ts";
import { addressOf, githubAnswers } from "./github/process.ts";
import { engineAnswers, portAnswers } from "./hosts.ts";
import { everyHost, registry } from "./places.ts";
import { catalog } from "./registry.ts";

/** Prints what runs. Returns false if nothing does, or if a part does not work. */
export async function status(): Promise<boolean> {
  await engine();
  const list = ownContainers(await containers());
  if (list.length === 0) {
    console.log("The sandbox is down; `node sandbox/main.ts up` starts it.");
    return false;
  }
  const rows = everyHost.flatMap((host) => {
    const container = list.find(({ name }) => name === host.container);
    return container ? [{ host, container }] : [];
  });
  const checked = await Promise.all(
    rows.map(async ({ host, container }) => {
      const works = container.running && (await engineAnswers(host));
      const login = container.running && (await portAnswers(host.ip, 22));
      return [host.name, host.ip, container.running ? "yes" : "no", works ? "yes" : "no", login ? "yes" : "no"];
    }),
  );
  print([["host", "address", "running", "docker", "ssh"], ...checked]);
  const images = await catalog().catch((error: Error) => error.message);
  console.log(`\nregistry ${registry.address}`);
  console.log(typeof images === "string" ? `  ${images}` : images.map((image) => `  ${image}`).join("\n"));
  const github = await showGitHub();
  return checked.every((row) => !row.includes("no")) && typeof images !== "string" && github;
}

/** Prints where GitHub is, or that it does not run. */
export async function showGitHub(): Promise<boolean> {
  const answers = await githubAnswers();
  const { url, tokenFile } = addressOf();
  console.log(
    `\ngithub ${url}\n  ${answers ? `token in ${tokenFile}` : "does not run; `node sandbox/main.ts up` starts it"}`,
  );
  return answers;
}

function print(rows: string[][]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    );
}
