/** Notes by their numbers: the list may be told of one twice, by an answer and by the live updates. */
export class Notes {
  #byId = new Map();

  add(...notes) {
    for (const note of notes) this.#byId.set(note.id, note);
    return this;
  }

  /** The newest first. */
  get texts() {
    return [...this.#byId.values()].sort((a, b) => b.id - a.id).map(({ text }) => text);
  }
}

/** @throws Error with what the API says is wrong */
export async function send(text, fetch = globalThis.fetch) {
  const answer = await fetch("/api/v1/notes", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(typeof body.detail === "string" ? body.detail : `status ${answer.status}`);
  return body;
}
