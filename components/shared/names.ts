/** Names of hosts and applications become folders, container names and labels: this is what all of them accept. */
export const NAME = /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/;
/** Of a job on a host: that of a one-off, or of what is done with a backup, like drill.data. */
export const JOB = /^((backup|drill)\.)?[a-z][a-z0-9-]{0,38}[a-z0-9]$/;
/** Names that Slipway uses itself on a host. */
export const RESERVED = ["slipway", "slipway-proxy"];
/** Compose's rule for names of services. */
export const SERVICE = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** GitHub's rule for names of repositories. */
export const REPOSITORY = /^(?!\.{1,2}$)[-A-Za-z0-9_.]{1,100}$/;
/** GitHub's rule for names of secrets and variables, in its own spelling: capitals. */
export const GITHUB_VARIABLE = /^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/;
/** Name of a header that a verification may send: not the one that leads to a site, nor the proxy's own. Without flags, as a host reads it, too. */
export const HEADER =
  /^(?![Hh][Oo][Ss][Tt]$)(?![Xx]-[Ss][Ll][Ii][Pp][Ww][Aa][Yy]-[Vv][Ee][Rr][Ii][Ff][Yy]$)[!#$%&'*+.^_`\x7c~0-9A-Za-z-]{1,200}$/;
/** Name of a time zone; on a host it is a path below the folder of all of them. */
export const ZONE = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9][A-Za-z0-9_+-]*)*$/;
export const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What is wrong with the name of a secret or variable on GitHub; undefined if nothing is. Source: docs.github.com, "Naming your secrets". */
export function valueNameProblem(name: string): string | undefined {
  if (/^GITHUB_/i.test(name)) return "begins with GITHUB_, which GitHub keeps for itself; choose another name";
  if (/^[0-9]/.test(name)) return "begins with a digit, which GitHub forbids; put a letter first";
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name !== name.toUpperCase())
    return `has lowercase letters, which GitHub turns into capitals; write "${name.toUpperCase()}"`;
  return /^[A-Z_][A-Z0-9_]*$/.test(name)
    ? undefined
    : "is not a valid name for a secret or variable; use capitals, digits and '_', like \"API_TOKEN\"";
}
