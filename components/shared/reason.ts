/** Why somebody does what is out of the ordinary, in words of their own: one line, which ledgers and hosts repeat. */

/** Characters that a host takes in one argument. */
const MOST = 1000;

/** As a host takes it: the content of a text in JSON, of ASCII characters alone. */
export const escapedReason = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** What is wrong with a reason, to be put after it; undefined where nothing is. */
export function reasonProblem(text: string): string | undefined {
  if (text.trim() === "") return 'is empty; say why, like "the shop must take orders tonight"';
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) return "is more than one line of text; say why in one line";
  if (escapedReason(text).length > MOST) return "is too long; say why in fewer words, 150 or less";
  return undefined;
}
