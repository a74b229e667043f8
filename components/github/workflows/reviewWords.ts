/** What may be shown of a workflow's text: names, and nothing that could be a secret. */

/** A name as it is, of an action, an image, a label or a context; else what it is instead. */
export const named = (text: string, otherwise: string): string =>
  /^(\$\{\{ )?[\w.@:/+-]{1,200}( \}\})?$/.test(text) ? text : otherwise;
