import { mkdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { machineTrust, secretFile } from "./places.ts";
import { run, say } from "./run.ts";

const root = process.getuid?.() === 0;
const read = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");

/** Makes the machine's own Docker Engine trust the sandbox's registry. */
export async function trustRegistry(): Promise<void> {
  const certificate = secretFile("ca.crt");
  if ((await read(machineTrust)) === (await read(certificate))) return;
  say(`trust: ${machineTrust} is set to the sandbox's CA (\`down\` removes it)`);
  if (root) {
    await mkdir(dirname(machineTrust), { recursive: true });
    await writeFile(machineTrust, await read(certificate));
  } else {
    await run("sudo", ["install", "-D", "-m", "644", certificate, machineTrust]);
  }
}

/** Removes that trust. */
export async function distrustRegistry(): Promise<void> {
  if ((await read(machineTrust)) === "") return;
  say(`trust: removing ${machineTrust}`);
  if (root) {
    await rm(machineTrust);
    await rmdir(dirname(machineTrust)).catch(() => {});
  } else {
    await run("sudo", ["rm", "-r", dirname(machineTrust)]);
  }
}
