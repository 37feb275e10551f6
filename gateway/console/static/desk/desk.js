// The little that the desk does without asking the server. Every function works without it, too.
"use strict";

// Dark or light, if the machine's own choice is not wanted.
const root = document.documentElement;
for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/desk; max-age=31536000; samesite=lax`;
  });
}

// Where tabs are pushed along in one row, the present one is in sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}

// The menu is open where there is room for it.
const menu = document.querySelector("details.menu");
const wide = matchMedia("(min-width: 60rem)");
function fold() {
  if (menu) menu.open = wide.matches;
}
wide.addEventListener("change", fold);
fold();

// Keys: whatever carries data-key is pressed or focused by it, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const found = keyOfRow(event) ?? ofTicked(event) ?? document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!found) return;
  event.preventDefault();
  if (found.matches("input, textarea, select")) found.focus();
  else found.click();
});

// Where lines are ticked, a key that is theirs as well means those and not the whole.
function ofTicked(event) {
  if (!document.querySelector("input[name=lead]:checked")) return null;
  return document.querySelector(`[data-ticked-key="${CSS.escape(event.key)}"]`);
}

// Lines of a table: j and k, or the arrows, go from one to the next; data-row-key is a key for the line one is at.
function keyOfRow(event) {
  const line = document.activeElement?.closest("[data-rows] tr");
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (!step) return line?.querySelector(`[data-row-key="${CSS.escape(event.key)}"]`);
  if (event.key.startsWith("Arrow") && !line) return null;
  const rows = [...document.querySelectorAll("[data-rows] [data-row]")];
  const at = rows.findIndex((row) => line?.contains(row));
  const next = rows[at < 0 ? 0 : at + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
  return null;
}

// A whole column of boxes at once.
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-all]");
  if (!all) return;
  for (const box of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.all)}"]`)) box.checked = all.checked;
});

// An act that cannot be taken back is asked about again.
document.addEventListener("submit", (event) => {
  const asked = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (asked && !window.confirm(asked)) event.preventDefault();
});

// Print and copy.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const copied = event.target.closest("[data-copy]");
  if (copied) navigator.clipboard?.writeText(document.getElementById(copied.dataset.copy).textContent);
});

// Back to the page as it was left, where browsers keep what was typed; without a script the link loads it anew.
document.querySelector("[data-back]")?.addEventListener("click", (event) => {
  if (history.length < 2) return;
  event.preventDefault();
  history.back();
});

// A form that only carries on what was begun elsewhere is sent by itself.
document.querySelector("[data-submit-now]")?.requestSubmit();

// What goes on by itself is told as it happens (server-sent events). Until the first word comes, and once there is none
// any more, the part asks for itself every two seconds, as its own attributes say.
const followed = document.querySelector("[data-events]");
if (followed && window.EventSource) follow(followed.id, new EventSource(followed.dataset.events));

function follow(id, source) {
  source.addEventListener("progress", (event) => {
    const part = document.getElementById(id);
    part?.replaceWith(document.createRange().createContextualFragment(JSON.parse(event.data).html));
  });
  source.addEventListener("end", () => {
    source.close();
    location.reload();
  });
  source.addEventListener("error", () => {
    const part = document.getElementById(id);
    if (source.readyState !== EventSource.CLOSED || !part || part.hasAttribute("hx-get")) return;
    part.setAttribute("hx-get", part.dataset.events.replace(/events$/, "progress"));
    part.setAttribute("hx-trigger", "every 2s");
    part.setAttribute("hx-swap", "outerHTML");
    window.htmx?.process(part);
  });
  addEventListener("pagehide", () => source.close());
}
