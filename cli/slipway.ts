#!/usr/bin/env node
/** The `slipway` command. What it needs is imported only by a Node that can: an older one says so. */

/** Node runs the TypeScript of a project as it is from here on. */
const OLDEST = [22, 18] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `slipway: Node ${process.versions.node} is too old; install Node ${OLDEST.join(".")} or newer\n`,
  );
  process.exit(2);
}
// Whoever reads it may have read enough: `slipway --help | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  process.stderr.write(`slipway: what was done could not be printed: ${error.message}\n`);
  process.exit(1);
});
const { main } = await import("./main.ts");
process.exitCode = await main(process.argv.slice(2));
