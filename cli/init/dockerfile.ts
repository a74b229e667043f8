/** What a Dockerfile tells of the image that it makes. */
import { basename } from "node:path";
import type { Checkout } from "./checkout.ts";

export interface Dockerfile {
  path: string;
  port?: number;
  /** Path of its own health check. */
  health?: string;
  /** Whether it names a user for its process. */
  hasUser: boolean;
}

/** The one at the top comes before those in folders, and a production's before others. */
export function dockerfileOf({ texts }: Checkout): Dockerfile | undefined {
  const rank = (path: string): string =>
    `${path.split("/").length}${/prod/i.test(path) ? 0 : basename(path) === "Dockerfile" ? 1 : 2}${path}`;
  const [path] = Object.keys(texts)
    .filter((candidate) => /^dockerfile(\.(?!dev|test)\w+)?$|\.dockerfile$/i.test(basename(candidate)))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return path === undefined ? undefined : { path, ...readDockerfile(texts[path]!) };
}

/** Of several stages the last is the one that runs. */
export function readDockerfile(text: string): Omit<Dockerfile, "path"> {
  const lines = text.replaceAll(/\\\r?\n/g, " ").split(/\r?\n/);
  const last = lines.slice(lines.findLastIndex((line) => /^\s*FROM\s/i.test(line)));
  const values = (word: string): string[] =>
    last.flatMap((line) => new RegExp(`^\\s*${word}\\s+(.+?)\\s*$`, "i").exec(line)?.[1] ?? []);
  const variables = Object.fromEntries(
    lines.flatMap((line) => {
      const match = /^\s*(?:ENV|ARG)\s+(\w+)[=\s]\s*["']?(\w+)/i.exec(line);
      return match ? [[match[1]!, match[2]!]] : [];
    }),
  );
  const known = (value: string): string => value.replaceAll(/\$\{?(\w+)\}?/g, (_, name) => variables[name] ?? "");
  const port = values("EXPOSE")
    .flatMap((line) => known(line).split(/\s+/))
    .map((word) => Number.parseInt(word, 10))
    .find((number) => number > 0);
  const health = values("HEALTHCHECK").map(healthIn).find(Boolean);
  const user = values("USER").at(-1);
  return {
    hasUser: user !== undefined && !/^(root|0)\b/.test(user),
    ...(port !== undefined && { port }),
    ...(health && { health }),
  };
}

/** The path that a command asks on the machine itself; undefined where it asks for none, or for the first page. */
export function healthIn(command: string): string | undefined {
  const url = /\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[^\s/"',|]*)?(\/[^\s"',|)?]*)/.exec(command);
  return url?.[1] === "/" ? undefined : url?.[1];
}
