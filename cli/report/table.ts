/** Tables of the page: with a caption, headings, and a way to move one that is wider than the screen. */
import { html, type Markup } from "./html.ts";

export interface Column<Row> {
  heading: string;
  cell: (row: Row) => string | number | undefined;
  /** `number` stands right, `text` may be long. */
  kind?: "number" | "text";
}

/** The most rows of a table; that there are more is said. */
export const MOST_ROWS = 50;

/** @param rows of more than `MOST_ROWS`, the last are shown */
export function table<Row>(caption: string, columns: Column<Row>[], rows: Row[]): Markup {
  const left = rows.length - MOST_ROWS;
  const said = left > 0 ? `${caption} (the newest ${MOST_ROWS} of ${rows.length})` : caption;
  const head = columns.map(({ heading, kind }) =>
    kind === "number" ? html`<th scope="col" class="number">${heading}</th>` : html`<th scope="col">${heading}</th>`,
  );
  const body = rows.slice(-MOST_ROWS).map(
    (row) =>
      html`<tr>${columns.map(({ cell, kind }, i) => {
        if (i === 0) return html`<th scope="row">${cell(row)}</th>`;
        return kind === undefined ? html`<td>${cell(row)}</td>` : html`<td class="${kind}">${cell(row)}</td>`;
      })}</tr>\n`,
  );
  return html`<div class="table" role="group" aria-label="${said}" tabindex="0"><table><caption>${said}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>
`;
}
