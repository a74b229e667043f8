/** What a review shows of a text: all of it, or that it is secret. */
import { createHash } from "node:crypto";
import { interpolate, mentionedVariables } from "../compose/interpolate.ts";
import { credentialIn, credentialsOf } from "../policies/literals.ts";
import { fingerprint } from "../shared/fingerprint.ts";
import { environmentOf } from "./envFile.ts";
import type { Stack } from "./model.ts";

/** Longer texts are named by their hash: a review is read by people. */
const LIMIT = 300;

/** Shorter ones would hide half of any text. */
const PART = 4;
/** Parts as long as this are in no name by chance. */
const STRONG = 12;

/** Parts of a secret's value that nobody must read, in the forms in which they may be within a text. */
const partsOf = (value: string): string[] =>
  [value, ...value.split(/[\r\n]+/)]
    .filter((part) => part.trim().length >= PART)
    .flatMap((part) => [
      part,
      encodeURIComponent(part.toWellFormed()),
      JSON.stringify(part).slice(1, -1),
      Buffer.from(part).toString("base64").replace(/=+$/, ""),
    ]);

const SECRET = "secret";
/** As a secret is shown. */
const HIDDEN = /^secret(?::[0-9a-f]{4})?$/;

export const digestOf = (text: string | Uint8Array): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 12);

/** A long text by its hash, and by what somebody who reads all of it would find. */
function inShort(text: string): string {
  const [within] = Array.from(credentialsOf(text), ({ what }) =>
    what === "a literal" ? "a literal credential" : what,
  );
  const what = credentialIn(text) ?? within;
  return `${what === undefined ? "" : `${what}, `}${text.length} characters, sha256 ${digestOf(text)}`;
}

export class Shown {
  private readonly stack: Stack;
  private readonly environment: Record<string, string>;
  private readonly values: string[];
  private readonly parts: string[];
  private readonly unknown: string | undefined;

  /** @param unknown stands for what is known later; a text that holds it is shown as nothing but this */
  constructor(stack: Stack, unknown?: string) {
    this.stack = stack;
    this.unknown = unknown;
    this.environment = environmentOf(stack);
    this.values = Object.values(stack.secrets).filter((value) => value !== "");
    const known = this.values.filter((value) => value !== unknown);
    this.parts = [...new Set(known.flatMap(partsOf))];
  }

  private isSecret(text: string): boolean {
    return this.values.includes(text) || this.parts.some((part) => text.includes(part));
  }

  /** The last word on anything, names and images too. */
  leaks(text: string): boolean {
    return this.parts.some((part) => part.length >= STRONG && text.includes(part));
  }

  /** A text as it is. */
  text(text: string): string {
    if (this.isSecret(text)) return this.hidden(text);
    if (this.isUnknown(text)) return this.unknown!;
    return text.length <= LIMIT ? text : inShort(text);
  }

  /** A text of a Compose document, with what its variables stand for. */
  composed(text: string): string {
    return this.meant(text, (meant) => this.text(meant));
  }

  /** The same of a key that gives rights, like a path of the host: however long it is, it is judged by what it says. */
  whole(text: string): string {
    return this.meant(text, (meant) => {
      if (this.isSecret(meant)) return this.hidden(meant);
      return this.isUnknown(meant) ? this.unknown! : meant;
    });
  }

  private meant(text: string, show: (meant: string) => string): string {
    const meant = interpolate(text, this.environment);
    const ofSecret = mentionedVariables(text).some((name) => Object.hasOwn(this.stack.secrets, name));
    return ofSecret ? this.hidden(meant) : show(meant);
  }

  /** The same, of a whole value: `"secret"` in quotes is no secret's, but that very word. */
  literal(text: string): string {
    return this.quoted(this.composed(text), interpolate(text, this.environment));
  }

  private quoted(found: string, meant: string): string {
    return found === meant && HIDDEN.test(found) && !this.isSecret(found) ? JSON.stringify(found) : found;
  }

  /** A name that a plan cannot do without, like an image's: a secret may be the same word. */
  name(text: string): string {
    const ofSecret = mentionedVariables(text).some((name) => Object.hasOwn(this.stack.secrets, name));
    return ofSecret ? this.composed(text) : interpolate(text, this.environment);
  }

  /** The value of a variable that a service is handed on by its name. */
  variable(name: string): string {
    const value = this.environment[name] ?? "";
    return Object.hasOwn(this.stack.secrets, name) ? SECRET : this.quoted(this.text(value), value);
  }

  /** It changes with the secret, and is too short to find the secret by it: nothing but that it changed can be read. */
  secret(name: string): string {
    const value = this.stack.secrets[name] ?? "";
    return value === this.unknown ? value : this.marked(`${name}\n${value}`);
  }

  /** A whole secret is marked once, where all are listed; what only holds one has a mark of its own. */
  private hidden(text: string): string {
    if (this.values.includes(text)) return SECRET;
    return this.isUnknown(text) ? this.unknown! : this.marked(text);
  }

  private isUnknown(text: string): boolean {
    return this.unknown !== undefined && text.includes(this.unknown);
  }

  private marked(text: string): string {
    return `${SECRET}:${fingerprint(text, this.stack.application).slice(0, 4)}`;
  }
}
