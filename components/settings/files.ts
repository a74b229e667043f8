import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Gives a file's content, or throws as `fs.readFileSync` does. */
export type ReadFile = (path: string) => string;

export type FileContent = { content: string } | { problem: string };

const REASONS: Record<string, string> = {
  ENOENT: "does not exist",
  EACCES: "is not readable by you",
  EISDIR: "is a folder",
};

/** Where a path of the settings points: relative to the project folder, ~ is the home folder. */
export function locate(path: string, folder: string, home = homedir()): string {
  return path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : resolve(folder, path);
}

export function readPrivateKey(path: string, folder: string, read: ReadFile): FileContent {
  return load(path, folder, read, "create a key with `ssh-keygen -t ecdsa`, or correct the path", (content) => {
    if (content.includes("PRIVATE KEY-----")) return { content };
    if (/^(ssh|ecdsa|sk)-/.test(content))
      return { problem: "holds a public key; name the private key's file, mostly the same without .pub" };
    return { problem: "does not hold a private key; name a file that starts with -----BEGIN OPENSSH PRIVATE KEY-----" };
  });
}

export function readHostKey(path: string, folder: string, read: ReadFile): FileContent {
  return load(path, folder, read, "fill it with `ssh-keyscan -t ecdsa <address>`, or correct the path", parseHostKey);
}

export function readPassword(path: string, folder: string, read: ReadFile): FileContent {
  return load(
    path,
    folder,
    read,
    "write the password to it (chmod 600), correct the path, or set `password` as a secret instead, which pipelines have, too",
    (content) => {
      const password = content.replace(/\r?\n$/, "");
      return password === "" ? { problem: "is empty; write the password to it" } : { content: password };
    },
  );
}

export function readToken(path: string, folder: string, read: ReadFile): FileContent {
  return load(path, folder, read, "write the token to it (chmod 600), or correct the path", (content) => {
    const token = content.trim();
    if (token === "") return { problem: "is empty; write the token to it" };
    return /\s/.test(token) ? { problem: "holds more than a token; write only the token to it" } : { content: token };
  });
}

function load(
  path: string,
  folder: string,
  read: ReadFile,
  remedy: string,
  interpret: (content: string) => FileContent,
): FileContent {
  const file = locate(path, folder);
  const named = file === path ? JSON.stringify(path) : `${JSON.stringify(path)} (${file})`;
  try {
    const result = interpret(read(file));
    return "problem" in result ? { problem: `${named} ${result.problem}` } : result;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    return { problem: `${named} ${REASONS[code] ?? `cannot be read (${code})`}; ${remedy}` };
  }
}

const KEY_TYPE = /^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9@.-]+)$/;
const HOST_KEY =
  'write the type and the key, "ecdsa-sha2-nistp256 AAAA…", as `ssh-keyscan -t ecdsa <address>` gives them';

const RSA =
  "is an ssh-rsa key, which cannot be checked: the connection would ask the machine for its SHA-1 signature, and machines of today give none; " +
  "take another key of the same machine: `ssh-keyscan -t ecdsa <address>`, or `-t ed25519`";

/**
 * The machine's public key as "<type> <base64>", out of that, a .pub file, or what ssh-keyscan prints: of several lines
 * the first that the connection can check. The `command` plugin asks a server for a key by its type's name, which for
 * ssh-rsa is that of its SHA-1 signature.
 */
export function parseHostKey(text: string): FileContent {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const isRsa = (line: string): boolean => line.split(/\s+/).slice(0, 2).includes("ssh-rsa");
  return parseLine(lines.find((line) => !isRsa(line)) ?? lines[0] ?? "");
}

function parseLine(line: string): FileContent {
  const words = line.split(/\s+/);
  const start = words.findIndex((word) => KEY_TYPE.test(word));
  const [type, key] = [words[start], words[start + 1]];
  if (start < 0 || start > 1 || type === undefined || key === undefined)
    return { problem: `is not a public key of a machine; ${HOST_KEY}` };
  const blob = Buffer.from(key, "base64");
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  const isWhole =
    blob.toString("base64").replace(/=+$/, "") === key.replace(/=+$/, "") &&
    blob.subarray(4, 4 + length).toString() === type &&
    (type !== "ssh-ed25519" || blob.length === 51);
  if (!isWhole) return { problem: `is a damaged ${type} key; ${HOST_KEY}` };
  return type === "ssh-rsa" ? { problem: RSA } : { content: `${type} ${key}` };
}
