/** What users get while an application is in maintenance: one file that needs nothing else, as nothing else is served then. */

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** @param message its line breaks stay; default: that it will not be long */
export function renderPage(message = "We are working on it, and will be back soon."): string {
  const text = message.replace(/[&<>"]/g, (c) => ESCAPES[c]!);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Maintenance</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1.125rem/1.5 system-ui, sans-serif; background: light-dark(#f6f7f9, #16181d); color: light-dark(#1d2129, #e8eaee); }
main { box-sizing: border-box; max-width: 36rem; padding: 2rem 1.5rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 0.75rem; font-size: 1.75rem; line-height: 1.2; }
p { margin: 0; white-space: pre-line; }
</style>
</head>
<body>
<main>
<h1>Down for maintenance</h1>
<p>${text}</p>
</main>
</body>
</html>
`;
}
