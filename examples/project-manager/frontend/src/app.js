const list = document.querySelector("ul");

async function show() {
  const projects = await (await fetch("api/projects")).json();
  list.replaceChildren(...projects.map((name) => Object.assign(document.createElement("li"), { textContent: name })));
}

document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const body = JSON.stringify({ name: new FormData(form).get("name") });
  await fetch("api/projects", { method: "POST", headers: { "content-type": "application/json" }, body });
  form.reset();
  await show();
});

await show();
