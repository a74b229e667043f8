/** The rule of versions as one file, which repositories get. */
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

export const NEXT_SCRIPT_FILE = fileURLToPath(new URL("../components/github/workflows/nextScript.ts", import.meta.url));

export async function bundledNextScript(): Promise<string> {
  const { output } = await build({
    input: fileURLToPath(new URL("../cli/version/nextScript.ts", import.meta.url)),
    platform: "node",
    write: false,
    output: { format: "es", comments: false },
    logLevel: "warn",
  });
  const text = `// The next version by Slipway's rule (docs/releases.md). Generated; changes here are lost.\n${output[0].code}`;
  return `/** Written by \`node toolchain/writeNextScript.ts\`: what repositories get as .github/slipway/next.mjs. */\nexport const NEXT_SCRIPT = ${JSON.stringify(text)};\n`;
}
