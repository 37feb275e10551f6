/* A signup form of the Lead Gateway on any page. It loads its configuration and its stylesheet from where it came from,
   and nothing else from anywhere. No HTML from text, no inline style, no eval: it works under a strict CSP. */
(function () {
  "use strict";
  var me = document.currentScript;
  var from = me && new URL(me.src);
  var parts = from && /^(.*)\/forms\/([^/]+)\.js$/.exec(from.origin + from.pathname);
  if (!parts) return;
  var home = parts[1], key = parts[2], count = 0;

  var SOON = 10; // seconds that a person waits for without being asked

  var CALM = 300; // milliseconds in which a click is done

  function retryAfter(answer) { return Number(answer.headers.get("Retry-After")) || 60; }

  function pause(seconds) { // somewhat longer than told, so that not all come again at once
    return new Promise(function (go) { setTimeout(go, seconds * (1 + Math.random() / 2) * 1000); });
  }

  function make(tag, given) {
    var one = document.createElement(tag);
    for (var name in given) {
      if (name === "text") one.textContent = given[name];
      else if (given[name] === true) one.setAttribute(name, "");
      else if (given[name] !== false && given[name] != null) one.setAttribute(name, given[name]);
    }
    for (var n = 2; n < arguments.length; n++) if (arguments[n]) one.append(arguments[n]);
    return one;
  }

  function build(config) {
    var says = config.says, id = "gw-" + key + "-" + ++count + "-";
    var form = make("form", {"class": "gw-form", lang: config.language, dir: config.dir, action: home + "/v1/signups",
                             method: "post", "accept-charset": "utf-8"});
    function hide(name, value) { form.append(make("input", {type: "hidden", name: name, value: value})); }
    hide("source", config.source);
    hide("_start", config.start);
    hide("_language", config.language);
    hide("consent_page_url", location.origin + location.pathname);
    config.fields.forEach(function (field) {
      var aside = field.needed ? null : make("span", {"class": "gw-optional", text: " " + says.optional});
      form.append(make("div", {"class": "gw-field"},
        make("label", {"for": id + field.name, text: field.label}, aside),
        make("input", {id: id + field.name, name: field.name, type: field.type, autocomplete: field.autocomplete,
                       required: field.needed, dir: /email|tel/.test(field.type) ? "ltr" : "auto"})));
    });
    function box(name, value, words, more) {
      var mine = id + name + (value === "yes" ? "" : "-" + form.elements.length);
      return make("div", {"class": "gw-box"}, make("input", {type: "checkbox", id: mine, name: name, value: value}),
                  make("label", Object.assign({"for": mine, text: words}, more)));
    }
    if (config.purposes.length) {
      var set = make("fieldset", {"class": "gw-purposes"}, make("legend", {text: says.purposes}));
      form.append(set);
      config.purposes.forEach(function (one) { set.append(box("consent_purposes", one.purpose, one.label)); });
    }
    if (config.notice) {
      if (config.notice.digest) hide("consent_notice", config.notice.digest);
      else hide("consent_wording", config.notice.text);
      hide("consent_preticked", "0");
      form.append(box("consent_ticked", "yes", config.notice.text,
                      {lang: config.notice.language, dir: config.notice.dir}));
    }
    form.append(make("div", {"class": "gw-trap", "aria-hidden": "true"},
      make("label", {"for": id + "gotcha", text: says.trap}),
      make("input", {id: id + "gotcha", name: "_gotcha", tabindex: "-1", autocomplete: "off"})));
    form.append(make("div", {"class": "gw-foot"}, make("button", {type: "submit", text: says.send})));
    return form;
  }

  function enhance(form, config) {
    var says = config.says, busy = false;
    var button = form.querySelector(".gw-foot button"), usual = button.textContent;
    var status = make("p", {"class": "gw-status", role: "alert"});
    button.parentNode.before(status);
    form.noValidate = true;

    function frame(input) { return input.closest(".gw-purposes") || input.closest(".gw-field, .gw-box"); }

    function clear(input) {
      var around = frame(input), wrong = around && around.querySelector(".gw-wrong");
      if (!wrong) return;
      wrong.remove();
      around.querySelectorAll("[aria-invalid]").forEach(function (one) {
        one.removeAttribute("aria-invalid");
        one.removeAttribute("aria-describedby");
      });
    }

    function insist(yes) {
      form.querySelectorAll("[name=accept_as_typed]").forEach(function (one) { (one.closest(".gw-box") || one).remove(); });
      if (yes) form.append(make("input", {type: "hidden", name: "accept_as_typed", value: "1"}));
    }

    function mark(input, problem) {
      var around = frame(input), id = input.id + "-wrong";
      var wrong = make("div", {"class": "gw-wrong", id: id}, make("p", {text: says[problem.code] || problem.message}));
      if (problem.suggestion) {
        var words = says.use_it.split("{address}");
        var use = make("button", {type: "button", "class": "gw-use"}, words[0], make("bdi", {text: problem.suggestion}), words[1]);
        use.addEventListener("click", function () {
          input.value = problem.suggestion;
          clear(input);
          status.textContent = "";
          input.focus();
        });
        wrong.append(use);
      }
      if (problem.code === "address_looks_mistyped") {
        var keep = make("button", {type: "button", "class": "gw-keep", text: says.as_typed});
        keep.addEventListener("click", function () {
          insist(true);
          clear(input);
          status.textContent = "";
          button.focus();
        });
        wrong.append(keep);
      }
      clear(input);
      around.append(wrong);
      (around.matches(".gw-purposes") ? around.querySelectorAll("input") : [input]).forEach(function (one) {
        one.setAttribute("aria-invalid", "true");
        one.setAttribute("aria-describedby", id);
      });
    }

    function show(problems) {
      var first = null, others = [];
      problems.forEach(function (problem) {
        var name = (problem.field || "").replace("consent.", "consent_").replace(/\[\d+\]$/, "");
        var input = form.querySelector('[name="' + CSS.escape(name) + '"]:not([type=hidden])');
        if (!input) return others.push(says[problem.code] || problem.message);
        if (input.getAttribute("aria-invalid") !== "true" || !first) mark(input, problem);
        if (!first || first.compareDocumentPosition(input) & Node.DOCUMENT_POSITION_PRECEDING) first = input;
      });
      status.textContent = [says.look_again].concat(others).join(". ");
      if (first) first.focus();
    }

    function done() {
      var next = form.dataset.next || config.next;
      if (next) return location.assign(next);
      var thanks = make("div", {"class": "gw-thanks", role: "status", tabindex: "-1", lang: config.language, dir: config.dir},
                        make("p", {"class": "gw-thanks-title", text: says.thanks}), make("p", {text: says.thanks_text}),
                        config.asks ? make("p", {text: says.thanks_mail}) : null);
      form.replaceWith(thanks);
      thanks.focus();
    }

    /* Turned away: nothing was taken. Soon is worth one more try by itself; later is for the person to say. */
    async function wait(answer, proof, again) {
      var seconds = retryAfter(answer);
      if (again || seconds > SOON) return status.textContent = says.busy.replace("{minutes}", Math.ceil(seconds / 60));
      status.textContent = says.again;
      await pause(seconds);
      status.textContent = "";
      return send(proof, true);
    }

    async function send(proof, again) {
      var body = new URLSearchParams(new FormData(form));
      if (proof) body.set("_proof", proof);
      var answer = await fetch(home + "/v1/signups", {method: "POST", body: body, credentials: "omit",
                                                      headers: {Accept: "application/json"}});
      if (answer.ok) return done();
      if (answer.status === 429 || answer.status === 503) return wait(answer, proof, again);
      if (answer.status !== 422) throw new Error(answer.status);
      var told = await answer.json();
      if (!told.challenge) return show(told.problems);
      var solved = proof ? null : await solve(told.challenge);
      if (solved) return send(solved, again);
      status.textContent = says.proof;
    }

    /* Help while people still type. Not where they press the button: the form says it then, and what comes between
       pressing and letting go would move the button away. */
    async function look(input, to) {
      var typed = input.value.trim(), at = typed.lastIndexOf("@");
      if (at < 1 || to === button || form.querySelector("[name=accept_as_typed]")) return;
      var answer = await fetch(home + "/forms/" + key + "/slip?domain=" + encodeURIComponent(typed.slice(at + 1)),
                               {credentials: "omit"});
      var meant = answer.ok && (await answer.json()).suggestion;
      await new Promise(function (go) { setTimeout(go, CALM); });
      if (!meant || busy || input.value.trim() !== typed || frame(input).querySelector(".gw-wrong")) return;
      mark(input, {code: "address_looks_mistyped", suggestion: typed.slice(0, at + 1) + meant});
      frame(input).querySelector(".gw-wrong").setAttribute("role", "status");
    }

    form.addEventListener("focusout", function (event) {
      if (event.target.name === "email") look(event.target, event.relatedTarget).catch(function () {});
    });
    form.addEventListener("input", function (event) {
      clear(event.target);
      if (event.target.name === "email") insist(false);
    });
    form.addEventListener("submit", async function (event) {
      event.preventDefault();
      if (busy) return;
      busy = true;
      status.textContent = "";
      form.setAttribute("aria-busy", "true");
      button.textContent = says.sending;
      try {
        await send(null);
      } catch (error) {
        status.textContent = says.offline;
      }
      busy = false;
      form.removeAttribute("aria-busy");
      button.textContent = usual;
    });
  }

  /* ALTCHA, version 2: the first counter whose key begins as the challenge says. */
  async function solve(challenge) {
    var asked = challenge.parameters, subtle = window.crypto && crypto.subtle;
    if (!subtle || asked.algorithm !== "PBKDF2/SHA-256") return null;
    var nonce = bytes(asked.nonce), salt = bytes(asked.salt);
    async function derive(counter) {
      var word = new Uint8Array(nonce.length + 4);
      word.set(nonce);
      new DataView(word.buffer).setUint32(nonce.length, counter);
      var base = await subtle.importKey("raw", word, "PBKDF2", false, ["deriveBits"]);
      var made = await subtle.deriveBits({name: "PBKDF2", hash: "SHA-256", salt: salt, iterations: asked.cost}, base,
                                         asked.keyLength * 8);
      return Array.from(new Uint8Array(made), function (one) { return one.toString(16).padStart(2, "0"); }).join("");
    }
    for (var first = 0; first < 1e6; first += 16) {
      var tries = [];
      for (var n = 0; n < 16; n++) tries.push(derive(first + n));
      var keys = await Promise.all(tries);
      for (n = 0; n < 16; n++) {
        if (keys[n].startsWith(asked.keyPrefix)) {
          return btoa(JSON.stringify({challenge: challenge, solution: {counter: first + n, derivedKey: keys[n]}}));
        }
      }
    }
    return null;
  }

  function bytes(hex) {
    return Uint8Array.from(hex.match(/../g), function (two) { return parseInt(two, 16); });
  }

  async function open(place, again) {
    var near = place.closest("[lang]");
    var language = place.dataset.language || (near && near.lang) || navigator.language || "";
    var answer = await fetch(home + "/forms/" + key + ".json?lang=" + encodeURIComponent(language), {credentials: "omit"});
    if (answer.status === 503 && !again && retryAfter(answer) <= SOON) {
      await pause(retryAfter(answer));
      return open(place, true);
    }
    if (!answer.ok) return; // what stands in the place, the link to the form's own page, stays
    var config = await answer.json();
    if (place.tagName === "FORM") return enhance(place, config);
    if (place.dataset.style !== "none" && !document.querySelector('link[href="' + home + '/forms/form.css"]')) {
      document.head.append(make("link", {rel: "stylesheet", href: home + "/forms/form.css"}));
    }
    var form = build(config);
    place.replaceChildren(form);
    enhance(form, config);
  }

  function start() {
    var places = document.querySelectorAll('[data-gateway-form="' + key + '"]');
    if (!places.length) {
      me.after(make("div", {"data-gateway-form": key}));
      places = [me.nextElementSibling];
    }
    places.forEach(function (place) {
      if (place.dataset.gatewayOpen) return;
      place.dataset.gatewayOpen = "1";
      open(place).catch(function () {});
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
