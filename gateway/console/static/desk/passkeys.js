// Passkeys need the browser's own window; everything else at the door works without a script.
"use strict";

const canPasskeys = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON) && window.isSecureContext &&
  !/^[\d.]+$|:/.test(location.hostname); // an address without a name can have no passkeys

function say(words) {
  for (const place of document.querySelectorAll("[data-passkey-problem]")) {
    place.textContent = words;
    place.hidden = !words;
  }
}

async function send(path, body) {
  const answer = await fetch(path, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.problem ?? "That did not work; please reload the page.");
  return said;
}

async function signIn(button) {
  const path = button.dataset.passkey;
  const asked = await send(`${path}/options`, {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.options);
  const credential = await navigator.credentials.get({publicKey});
  const done = await send(path, {credential: credential.toJSON(), next: button.dataset.next});
  location.assign(done.to);
}

async function register(form) {
  const given = Object.fromEntries(new FormData(form));
  const asked = await send(`${form.dataset.passkeyForm}/options`, {current: given.current ?? ""});
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked.options);
  const credential = await navigator.credentials.create({publicKey});
  const done = await send(form.dataset.passkeyForm, {credential: credential.toJSON(), name: given.name});
  location.assign(done.to);
}

function tell(error, element) {
  say(error.name === "NotAllowedError" ? element.dataset.cancelled || "It was cancelled, or took too long." : error.message);
}

if (canPasskeys) {
  for (const place of document.querySelectorAll("[data-other-ways], [data-passkey-form]")) place.hidden = false;
  for (const place of document.querySelectorAll("[data-no-passkeys]")) place.hidden = true;
  for (const button of document.querySelectorAll("[data-passkey]")) {
    button.hidden = false;
    button.addEventListener("click", () => { say(""); signIn(button).catch((error) => tell(error, button)); });
  }
  for (const form of document.querySelectorAll("[data-passkey-form]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      say("");
      register(form).catch((error) => tell(error, form));
    });
  }
}
