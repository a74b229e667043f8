/** What a rule is. */
import type { z } from "../shared/zod.ts";
import type { Part } from "./exemptions.ts";
import type { FactsOf, ServiceFacts, Subject } from "./facts.ts";

export const SEVERITIES = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Something that breaks a rule, in words that follow its place: names of keys, and no value that could be a secret. */
export type Offence = string | (Part & { what: string });

/** A rule's own settings, as the stack or the pack's configuration gives them. */
export type Given = Record<string, unknown>;

/** What rules need that ask how things are on the machines. */
export const HOSTS = "what runs on the hosts";

interface About<S extends Subject> {
  /** Stable, kebab-case. */
  id: string;
  subject: S;
  severity: Severity;
  /** What it asks for, as one sentence. */
  title: string;
  /** Why. */
  reason: string;
  /** What to do, to follow the offence after a semicolon: "take it out". */
  remedy: string;
  /** Rules of other tools that ask for the same: "compose-lint CL-0001". */
  known: readonly string[];
  /** The schema of its own settings, all with defaults. */
  settings?: z.ZodObject;
  /** The program asks by them before anything is judged: a pack's configuration would come too late. @default false */
  settingsOfProgram?: true;
}

/** Judges each service of a release by itself: what is known later of one hides nothing of another. */
export interface ServiceRule extends About<"application"> {
  service(service: ServiceFacts, given: Given): Iterable<string>;
  /** What it finds beside the services. */
  beside?(facts: FactsOf<"application">): Iterable<Offence>;
}

/** Judges the whole. */
export interface WholeRule<S extends Subject> extends About<S> {
  /** @param now the time at which it is judged */
  whole(facts: FactsOf<S>, given: Given, now: Date): Iterable<Offence>;
  /** What must be looked at to judge it, where a declaration alone does not tell. */
  needs?: string;
}

export type Rule = ServiceRule | { [S in Subject]: WholeRule<S> }[Subject];
