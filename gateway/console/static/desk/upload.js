// Shows how much of a file has been sent. Without this the form does the same and shows nothing meanwhile.
"use strict";

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const part = (name) => form.querySelector(`[data-upload-${name}]`);
    const [wrong, box, said, button] = ["wrong", "progress", "said", "button"].map(part);
    const bar = box.querySelector("progress");
    const call = new XMLHttpRequest();
    const fail = (text) => {
      wrong.textContent = text;
      wrong.hidden = false;
      box.hidden = true;
      button.disabled = false;
    };
    wrong.hidden = true;
    box.hidden = false;
    button.disabled = true;
    call.upload.addEventListener("progress", (step) => {
      if (step.lengthComputable) bar.value = (100 * step.loaded) / step.total;
      said.textContent = bar.value >= 100 ? form.dataset.reading : `${Math.round(bar.value)} %`;
    });
    call.addEventListener("load", () => {
      if (call.status < 400) return location.assign(call.responseURL);
      const page = new DOMParser().parseFromString(call.responseText, "text/html");
      fail(page.querySelector(".alarm")?.textContent.trim() || form.dataset.refused);
    });
    call.addEventListener("error", () => fail(form.dataset.broken));
    call.open("POST", form.action);
    call.send(new FormData(form));
  });
}
