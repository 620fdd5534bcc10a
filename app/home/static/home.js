/** Asks the server once a second what changed, and puts it in its place; nothing else moves. */
const INTERVAL_MS = 1000;
const watch = document.body.dataset.watch;

/** What the server sent last for each place. */
const known = new Map();

/** @param {Record<string, string>} parts HTML by the id of its place */
function show(parts) {
  for (const [id, html] of Object.entries(parts)) {
    if (known.get(id) === html) continue;
    known.set(id, html);
    const place = document.getElementById(id);
    if (place && place.innerHTML !== asWritten(html)) replace(place, html);
  }
}

/** As browsers write the same HTML.
 * @param {string} html
 */
function asWritten(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.innerHTML;
}

/** Keeps what is ticked, and where the keyboard stands.
 * @param {HTMLElement} place
 * @param {string} html
 */
function replace(place, html) {
  const ticked = new Set([...place.querySelectorAll("input:checked")].map((box) => box.value));
  const focused = document.activeElement;
  const at = place.contains(focused) ? [...place.querySelectorAll(FOCUSABLE)].indexOf(focused) : -1;
  place.innerHTML = html;
  for (const box of place.querySelectorAll("input")) box.checked = ticked.has(box.value);
  if (at >= 0) place.querySelectorAll(FOCUSABLE)[at]?.focus();
  limit();
}
const FOCUSABLE = "a, button, input, [tabindex]";

async function look() {
  if (!watch) return;
  try {
    const { parts, over } = await (await fetch(watch)).json();
    show(parts);
    document.querySelector("#gone")?.remove();
    if (over) return;
  } catch {
    if (!document.querySelector("#gone")) {
      const gone = document.createElement("p");
      gone.id = "gone";
      gone.className = "gone";
      gone.setAttribute("role", "status");
      gone.textContent = "The server of this page has ended: `deno task home` starts it again. " +
        "What you see is what was last known.";
      document.querySelector("main")?.prepend(gone);
    }
  }
  setTimeout(look, INTERVAL_MS);
}

/** Two are compared: a third cannot be ticked. */
function limit() {
  const boxes = [...document.querySelectorAll("input[name=run]")];
  const ticked = boxes.filter((box) => box.checked).length;
  for (const box of boxes) box.disabled = ticked >= 2 && !box.checked;
}

document.addEventListener("change", limit);
limit();
look();
