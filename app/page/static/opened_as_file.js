// Browsers let no page that was opened as a file load modules or fetch its model: it would wait for
// ever. This script is no module, so that it runs and says what to do.
if (location.protocol === "file:") {
  const status = document.getElementById("status");
  document.getElementById("loading").hidden = true;
  status.classList.add("wrong");
  status.textContent =
    "This page was opened as a file, and from a file browsers let no page fetch its model. Put its " +
    "folder on a web host, or serve it on this computer: run";
  const command = document.createElement("pre");
  command.textContent = commandFor(decodeURIComponent(location.pathname));
  const then = document.createElement("p");
  then.textContent = "in a terminal, and open http://127.0.0.1:8000/ in this browser.";
  status.after(command, then);
}

/** @param {string} path of index.html, as addresses have it: /C:/Users/… on Windows */
function commandFor(path) {
  const folder = path.replace(/[^/]*$/, "").replace(/(?<=.)\/$/, "");
  const isWindows = /^\/[A-Za-z]:/.test(folder);
  const python = isWindows ? "py" : "python3";
  const quoted = isWindows
    ? `"${folder.slice(1).replaceAll("/", "\\")}"`
    : `'${folder.replaceAll("'", `'\\''`)}'`;
  return `${python} -m http.server 8000 --bind 127.0.0.1 --directory ${quoted}`;
}
