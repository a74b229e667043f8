/** What the host's scripts say, as people read it: whatever a variable or a command puts in is "…". */

/** The texts that stand in double quotes after a word such as `fail`. */
export function messagesOf(script: string, word: string): string[] {
  const starts = script.matchAll(new RegExp(`(?<=^|[\\s;|&({])${word} "`, "g"));
  return Array.from(starts, (start) => textFrom(script, start.index + start[0].length));
}

function textFrom(script: string, start: number): string {
  let text = "";
  for (let at = start; script[at] !== '"'; ) {
    if (at >= script.length) throw new Error(`a text never ends: ${script.slice(start, start + 60)}`);
    if (script[at] === "\\") {
      text += script[at + 1];
      at += 2;
    } else if (script[at] === "$") {
      const end = expansionEnd(script, at);
      // The root of an application is `/opt` unless a host says otherwise.
      text += script.slice(at, end) === "$DIR" ? "/opt/…" : "…";
      at = end;
    } else text += script[at++];
  }
  return text;
}

/** Where a variable or a command ends that begins at a dollar sign. */
function expansionEnd(script: string, start: number): number {
  const open = script[start + 1]!;
  const close = { "(": ")", "{": "}" }[open];
  if (close === undefined) return start + /^\$(\w+|.)/.exec(script.slice(start))![0].length;
  for (let at = start + 2, depth = 1; ; at++) {
    if (at >= script.length) throw new Error(`an expansion never ends: ${script.slice(start, start + 60)}`);
    if (script[at] === "'") at = script.indexOf("'", at + 1);
    else if (script[at] === "\\") at += 1;
    else if (script[at] === open) depth += 1;
    else if (script[at] === close && --depth === 0) return at + 1;
  }
}

/** Whether a message is one of those that a pattern means; "…" and single capitals in it stand for anything. */
export function explains(pattern: string, message: string): boolean {
  const pieces = pattern.split(/…|\b[A-Z]\b/).map((piece) => piece.trim());
  let at = 0;
  for (const piece of pieces) {
    const found = message.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return pieces.some((piece) => piece.length > 8);
}
