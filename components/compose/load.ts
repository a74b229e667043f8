/**
 * Reads the Compose files of an application as one document: put on top of each other, with what they include and
 * extend. It is done here rather than by `docker compose config`, as that is not wherever Slipway runs, and says it
 * differently from version to version: the text of a release, and so its name, must not depend on that.
 */
import { posix } from "node:path";
import { isMap } from "../shared/issues.ts";
import { composeProblems, isComposeDocument } from "./check.ts";
import { Extending } from "./extend.ts";
import { included } from "./include.ts";
import { merge, without } from "./merge.ts";
import { FileError, fileError, layersOf, NO_SERVICES, ofFile, type Reading } from "./reading.ts";
import type { ComposeDocument } from "./schema.ts";

/**
 * Files on top of each other, with paths relative to `home`.
 * @param home folder of the project they belong to
 * @param including files that led here
 * @throws FileError
 */
function combined(files: string[], home: string, reading: Reading, including: string[]): unknown {
  let document: unknown;
  for (const file of files) {
    const extending = new Extending(home, reading);
    for (const { value, cleared } of layersOf(file, reading)) {
      const extended = extending.all({ file, value, cleared });
      const at = { file, home, reading, including: [...including, file], combined };
      const complete = included(extended, at);
      const below = document;
      document =
        below === undefined
          ? complete
          : ofFile(file, () => merge(without(below, cleared), complete, [], reading.variables));
    }
    checkShape(file, document);
  }
  return document;
}

/** What is there so far has the shape of a Compose document; services may still be missing. */
function checkShape(file: string, document: unknown): void {
  if (!isMap(document)) return;
  const problems = composeProblems({ ...document, services: document.services ?? {} });
  if (problems.length > 0) throw new FileError(problems.map((problem) => ({ ...problem, file })));
}

/**
 * The document of an application's Compose files; of a single one that includes and extends nothing it is the file's own.
 * @throws FileError with all that is wrong
 */
export function loadCompose(files: string[], reading: Reading): ComposeDocument {
  const document = combined(files, posix.dirname(files[0]!), reading, []);
  const services = isMap(document) ? document.services : undefined;
  if (!isMap(services) || Object.keys(services).length === 0 || !isComposeDocument(document))
    throw fileError(files[0]!, [], NO_SERVICES);
  return document;
}
