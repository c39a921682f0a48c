// Elements, dialogs, messages and times: what every part of the page is made of.

const icons = {
  plus: "M9 3v12M3 9h12", search: "M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10M12 12l4 4",
  more: "M4 9h.01M9 9h.01M14 9h.01", grip: "M7 4h.01M7 9h.01M7 14h.01M12 4h.01M12 9h.01M12 14h.01",
  close: "M4 4l10 10M14 4L4 14", eye: "M1.500 9S4 4 9 4s7.500 5 7.500 5S14 14 9 14 1.500 9 1.500 9M9 11a2 2 0 1 0 0-4 2 2 0 0 0 0 4",
  sun: "M9 12.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M9 1v1M9 16v1M1 9h1M16 9h1M3.300 3.300l.7.7M14 14l.7.7M3.300 14.700l.7-.7M14 4l.7-.7",
  moon: "M15 10.500A6.500 6.500 0 0 1 7.500 3a6.500 6.500 0 1 0 7.500 7.500", sync: "M3 7a6 6 0 0 1 11-1M15 11a6 6 0 0 1-11 1M14.500 2v4h-4M3.500 16v-4h4",
  balance: "M9 3v12M5 15h8M3 6h12M3 6l-1.500 5h3zM15 6l-1.500 5h3z",
  up: "M9 15V4M4 8l5-5 5 5", down: "M9 3v11M4 10l5 5 5-5", box: "M3 6l6-3 6 3v6l-6 3-6-3zM3 6l6 3 6-3M9 9v6", cloud: "M5 14a3.500 3.500 0 0 1 0-7 4.500 4.500 0 0 1 8.500 1A3 3 0 0 1 13 14z",
};

/** h("p", {class: "soft", onclick}, "text", child): properties that are functions are listeners. */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", icons[name]);
  svg.append(path);
  return svg;
}

let lastId = 0;
export const newId = () => "e" + ++lastId;

/** A labelled control; `wrong` shows what is wrong with it, in place. */
export function field(label, control, { hint, name, wide } = {}) {
  const id = control.id || (control.id = newId());
  const wrong = h("span", { class: "wrong", id: id + "-wrong", hidden: true });
  const described = [hint ? id + "-hint" : "", id + "-wrong"].filter(Boolean).join(" ");
  const input = control.matches("input,select,textarea") ? control : control.querySelector("input,select,textarea");
  if (input !== control) { control.removeAttribute("id"); input.id = id; }
  input.setAttribute("aria-describedby", described);
  const element = h("div", { class: "field" + (wide ? " wide" : ""), "data-field": name ?? "" },
    h("label", { for: id }, label), control, hint && h("span", { class: "hint", id: id + "-hint" }, hint), wrong);
  element.setWrong = (text) => {
    wrong.hidden = !text;
    wrong.textContent = text ?? "";
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  input.addEventListener("input", () => element.setWrong(""));
  return element;
}

/** Shows the server's complaints beside their fields; what has no field is returned. */
export function showWrong(root, fields) {
  const rest = [];
  let first = null;
  for (const element of root.querySelectorAll("[data-field]")) element.setWrong?.("");
  for (const [name, text] of Object.entries(fields ?? {})) {
    const element = [...root.querySelectorAll("[data-field]")].find((each) => each.dataset.field === name);
    if (!element?.setWrong) { rest.push(name + " " + text); continue; }
    element.setWrong(text[0].toUpperCase() + text.slice(1));
    first ??= element;
  }
  first?.closest("details")?.setAttribute("open", "");
  first?.querySelector("input,select,textarea")?.focus();
  return rest;
}

export function check(label, checked, attributes = {}) {
  const box = h("input", { type: "checkbox", checked, ...attributes });
  const element = h("label", { class: "check" }, box, h("span", {}, label));
  element.box = box;
  return element;
}

/** A modal dialog with a form; `submit` may throw to keep it open. Resolves when it closes. */
export function dialog({ title, body, buttons, size = "", submit }) {
  return new Promise((resolve) => {
    const id = newId();
    const problem = h("div", { role: "alert" });
    const foot = h("div", { class: "d-foot" });
    const form = h("form", { method: "dialog", novalidate: true },
      h("div", { class: "d-head" }, h("h2", { id, class: "grow" }, title),
        h("button", { type: "button", class: "quiet square", "aria-label": "Close", onclick: () => box.close() }, icon("close"))),
      h("div", { class: "d-body" }, body, problem), foot);
    const box = h("dialog", { class: size, "aria-labelledby": id }, form);
    let result = null;
    const go = async (value) => {
      if (value === "cancel") { box.close(); return; }
      for (const button of foot.children) button.disabled = true;
      try {
        result = (await submit?.(value)) ?? value;
        box.close();
      } catch (failure) {
        if (!failure.message) throw failure;
        const rest = failure.fields ? showWrong(form, failure.fields) : [failure.message];
        problem.replaceChildren(...(rest.length ? [h("div", { class: "note bad" }, h("p", {}, rest.join("; "), failure.hint && !failure.fields ? " — " + failure.hint : ""))] : []));
      } finally {
        for (const button of foot.children) button.disabled = false;
      }
    };
    // Enter in a field means the main button, wherever it stands: no other one submits.
    const main = buttons.find(({ kind }) => kind === "main");
    for (const { label, value, kind } of buttons) {
      const isMain = kind === "main";
      foot.append(h("button", { type: isMain ? "submit" : "button", class: kind ?? "", onclick: isMain ? null : () => go(value) }, label));
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (main) go(main.value);
    });
    box.addEventListener("close", () => { box.remove(); resolve(result); });
    document.body.append(box);
    box.showModal();
    (form.querySelector("[autofocus]") ?? foot.querySelector(".main") ?? foot.lastElementChild)?.focus();
  });
}

/** A menu under `anchor`: [{label, run, kind}...]; arrow keys move, Escape closes. */
export function menu(anchor, label, items) {
  const box = h("div", { class: "menu", role: "menu", popover: "auto", "aria-label": label },
    items.map(({ label: text, run, kind }) =>
      h("button", { type: "button", role: "menuitem", class: kind ?? "", onclick: () => { box.hidePopover(); run(); } }, text)));
  document.body.append(box);
  box.addEventListener("toggle", (event) => { if (event.newState === "closed") { box.remove(); anchor.focus(); } });
  box.addEventListener("keydown", (event) => {
    const buttons = [...box.children];
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons.at(to % buttons.length).focus();
  });
  box.showPopover();
  const place = anchor.getBoundingClientRect();
  box.style.left = Math.max(8, Math.min(place.right - box.offsetWidth, innerWidth - box.offsetWidth - 8)) + "px";
  box.style.top = Math.min(place.bottom + 4, innerHeight - box.offsetHeight - 8) + "px";
  box.firstElementChild.focus();
}

export function toast(text, { undo, bad } = {}) {
  const element = h("div", { class: "toast" + (bad ? " bad" : "") }, h("span", {}, text),
    undo && h("button", { type: "button", onclick: () => { element.remove(); undo(); } }, "Undo"),
    h("button", { type: "button", "aria-label": "Dismiss", onclick: () => element.remove() }, "×"));
  const toasts = document.getElementById("toasts");
  toasts.append(element);
  while (toasts.children.length > 3) toasts.firstElementChild.remove();
  setTimeout(() => element.remove(), bad || undo ? 15000 : 8000);
}

export const fail = (failure) => toast(failure.message + (failure.hint ? " — " + failure.hint : ""), { bad: true });

/** Runs with the button off, and says what went wrong. */
export async function busy(button, work) {
  button.disabled = true;
  try { return await work(); } catch (failure) { fail(failure); return null; } finally { button.disabled = false; }
}

const two = (number) => String(number).padStart(2, "0");
export function clock(text) {
  const time = new Date(text);
  return two(time.getHours()) + ":" + two(time.getMinutes()) + ":" + two(time.getSeconds());
}
export function when(text) {
  if (!text) return "at an unknown time";
  const time = new Date(text);
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock(text)}`;
}
export function ago(text) {
  if (!text) return "at an unknown time";
  const seconds = Math.max(0, (Date.now() - new Date(text)) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return Math.floor(seconds / 60) + " min ago";
  if (seconds < 129600) return Math.floor(seconds / 3600) + " h ago";
  return Math.floor(seconds / 86400) + " d ago";
}
export const count = (number, word) => number + " " + word + (number === 1 ? "" : "s");
