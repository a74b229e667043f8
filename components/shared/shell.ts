/** Shell words. */

/** A word that a POSIX shell reads as exactly this text. @throws Error on a NUL, which no argument can carry */
export function quote(text: string): string {
  if (text.includes("\0")) throw new Error("a NUL character cannot be part of a command");
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
