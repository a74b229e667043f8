/** Exceptions from rules: why, and until when. */

/** An exception from one rule. A type, not an interface: it is a part of a resource's inputs. */
export type Exemption = {
  /** The rule's id: "root-user". */
  rule: string;
  /** The service that is meant. @default the whole application */
  service?: string;
  /** The repository's file that is meant: ".github/workflows/ci.yml". @default the whole repository */
  file?: string;
  /** The GitHub environment that is meant, by its name there; a rule about environments needs it. */
  environment?: string;
  /** Why it is right here. */
  reason: string;
  /** Last day on which it holds, UTC: "2027-01-31". */
  until: string;
};

/** By the place where each is written. */
export type Exemptions = Record<string, Exemption>;

export const placed = (exemptions: readonly Exemption[], place: string): Exemptions =>
  Object.fromEntries(exemptions.map((one, index) => [`${place}[${index}]`, one]));

/** The parts of what is judged that an exemption may be about. */
const PARTS = ["service", "file"] as const;
export type Part = Partial<Record<(typeof PARTS)[number], string>>;

/** Whether an exemption is about a part, by itself or as it is about the whole. */
export const isAbout = (exemption: Exemption, part: Part): boolean =>
  PARTS.every((key) => exemption[key] === undefined || exemption[key] === part[key]);

/** What is wrong with an exemption itself; undefined if nothing is. */
export function exemptionProblem({ rule, reason, until }: Exemption, now: Date): string | undefined {
  const today = now.toISOString().slice(0, 10);
  if (until < today)
    return `ended on ${until}; mend what "${rule}" finds, or, if it is still right, give it a new day and reason`;
  if (reason.trim() === "") return `says no reason; write why what "${rule}" finds is right here`;
  return undefined;
}
