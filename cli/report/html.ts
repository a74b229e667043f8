/** HTML in which every value is text: what a ledger says never becomes markup. */

/** Markup, as `html` made it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | undefined | Markup | Value[];

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** No character that HTML does not allow, or that turns the direction of the text around it. */
const escaped = (text: string): string => visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** Another machine's text in one line: control characters and those that turn a text's direction become spaces. */
export const visible = (text: string): string =>
  text.toWellFormed().replace(/[\p{Cc}\p{Noncharacter_Code_Point}\u2028-\u202e\u2066-\u2069]+/gu, " ");

function textOf(value: Value): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.text;
  return Array.isArray(value) ? value.map(textOf).join("") : escaped(String(value));
}

/** @example html`<p title="${reason}">${reason}</p>` */
export const html = (parts: TemplateStringsArray, ...values: Value[]): Markup =>
  new Markup(parts.map((part, i) => (i === 0 ? "" : textOf(values[i - 1])) + part).join(""));
