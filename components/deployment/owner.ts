/**
 * Who owns an application on a host: project and stack. An owner is one line, `STACK::PROJECT::TYPE::NAME@HOST`: the
 * component's place in the program, and the host's name. The version before wrote it without the stack. On a host,
 * `lib/ownership.sh` decides the same.
 */

const OWNER = /^(?:(?<stack>[^:]+)::)?(?<project>[^:]+)::(?<place>[^:]+:.*)@[^@]*$/;

/** A renamed host is a different owner: the old name's resource must not remove what the new name's resource runs. */
export const ownerOf = (urn: string, host: string): string => `${urn.replace(/^urn:pulumi:/, "")}@${host}`;

/** Whether somebody else owns what is there: another stack or another project. */
export function isForeign(there: string, own: string): boolean {
  if (there === "" || there === own) return false;
  const theirs = OWNER.exec(there)?.groups;
  const ours = OWNER.exec(own)?.groups;
  if (theirs === undefined || ours === undefined) return true;
  if (theirs.project !== ours.project) return true;
  return theirs.stack === undefined ? theirs.place !== ours.place : theirs.stack !== ours.stack;
}

/** @example "the stack staging of the project slipway" */
export function inWords(owner: string): string {
  const { stack, project } = OWNER.exec(owner)?.groups ?? {};
  if (project === undefined) return JSON.stringify(owner);
  return stack === undefined ? `the project ${project}` : `the stack ${stack} of the project ${project}`;
}

export interface Claim {
  application: string;
  host: string;
  own: string;
  /** The owner of what the host runs; undefined where it runs nothing. */
  there: string | undefined;
  takeOver: boolean;
}

/** What a plan says of it; a refusal ends it. */
export function claim({ application, host, own, there, takeOver }: Claim): { refusal?: string; note?: string } {
  const setting = `slipway:applications.${application}.takeOver`;
  if (there !== undefined && isForeign(there, own)) {
    if (takeOver) return { note: `takes over ${application} on ${host} from ${inWords(there)}` };
    return {
      refusal:
        `slipway:applications.${application}.hosts: ${application} on ${host} belongs to ${inWords(there)}, not to ${inWords(own)}; ` +
        `give this application another name, or, if it is to change hands, set ${setting}: true for one pulumi up`,
    };
  }
  if (takeOver && there !== undefined)
    return { note: `${application} on ${host} is this stack's already; ${setting} can be removed` };
  return {};
}
