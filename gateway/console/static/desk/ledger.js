// One entry of the ledger, computed again here: its hash, every step to the root, the checkpoint and its signature.
"use strict";

const proof = document.querySelector("[data-proof]");
const button = proof?.querySelector("[data-recompute]");

function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
function hexOf(bytes) {
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}
function fromBase64(text) {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}
async function hashOf(mark, ...parts) {
  const whole = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  whole[0] = mark;
  let at = 1;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

// RFC 6962 2.1: a leaf is hashed behind a zero byte, two neighbours behind a one.
async function climb() {
  let reached = await hashOf(0, new TextEncoder().encode(document.getElementById("entry-data").textContent));
  let good = true;
  for (const step of proof.querySelectorAll("[data-step]")) {
    if (step.dataset.neighbour) {
      const neighbour = bytesOf(step.dataset.neighbour);
      reached = "left" in step.dataset ? await hashOf(1, neighbour, reached) : await hashOf(1, reached, neighbour);
    }
    const fits = hexOf(reached) === step.dataset.want;
    step.querySelector("[data-mark]").textContent = fits ? "✓" : "✗ " + hexOf(reached);
    step.classList.add(fits ? "fits" : "fails");
    good &&= fits;
  }
  return good ? reached : null;
}

// C2SP signed-note: the text up to and with the line before the blank one; four bytes of key id before the signature.
async function isSigned(note) {
  const cut = note.indexOf("\n\n");
  const signature = fromBase64(note.trimEnd().slice(note.trimEnd().lastIndexOf(" ") + 1)).slice(4);
  const key = await crypto.subtle.importKey("raw", bytesOf(proof.dataset.public), { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, new TextEncoder().encode(note.slice(0, cut + 1)));
}

async function recompute() {
  const verdict = proof.querySelector("[data-verdict]"), says = verdict.dataset;
  if (!window.crypto?.subtle) {
    verdict.textContent = says.none;
    return;
  }
  button.disabled = true;
  verdict.textContent = says.working;
  const note = document.getElementById("checkpoint").textContent;
  const reached = await climb();
  let good = reached !== null && hexOf(reached) === hexOf(fromBase64(note.split("\n")[2]));
  let more = "";
  if (good) {
    try {
      good = await isSigned(note);
      more = says.signed;
    } catch {
      more = says.unsigned;
    }
  }
  verdict.textContent = good ? `${says.good} ${more}` : says.bad;
  verdict.className = good ? "good-note" : "alarm";
  button.disabled = false;
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", recompute);
}
