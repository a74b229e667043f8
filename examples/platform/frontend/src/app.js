import { Notes, send } from "./notes.js";

const [form, status, list] = ["form", "[role=status]", "ul"].map((selector) => document.querySelector(selector));
const notes = new Notes();

function show(...more) {
  const items = notes
    .add(...more)
    .texts.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
  list.replaceChildren(...items);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    show(await send(form.elements.text.value));
    form.reset();
    status.textContent = "";
  } catch (error) {
    status.textContent = error.message;
  }
});

show(...(await (await fetch("/api/v1/notes")).json()));
new EventSource("/live/notes").addEventListener("message", ({ data }) => show(JSON.parse(data)));
