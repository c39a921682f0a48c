// A secret as the page shows it: masked text with Show, Copy, Replace and Remove. Only Replace gives an input, and an
// empty one, so that a mask is never part of what is saved. Whatever is not replaced or removed stays as it is stored.

import { h, newId } from "./dom.js";

/** Without the blanks and line ends that come along with what is pasted; the server does the same. */
export const trimmed = (text) => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");

const asText = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** "Auth token" as part of a sentence. */
export const inSentence = (label) => (/^[A-Z][a-z]/.test(label) ? label[0].toLowerCase() + label.slice(1) : label);

/** The input for a new value; `many` lines, where one may be a whole file. */
function newInput({ id, many, described, setWrong }) {
  const shared = { id, class: "mono", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-describedby": described, oninput: () => setWrong("") };
  if (!many) {
    // An input would join the lines without a word.
    return h("input", { ...shared, type: "text", onpaste: (event) => {
      if (!/[\r\n]/.test(trimmed(event.clipboardData.getData("text")))) return;
      event.preventDefault();
      setWrong("What was pasted has a line break inside; it must be one line.");
    } });
  }
  return h("textarea", { ...shared, rows: "1", onkeydown: (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  } });
}

const button = (text, name, run) => h("button", { type: "button", "aria-label": name, onclick: run }, text);

/** Puts the secret into `text`, or its mask again; `value` fetches it, null if it could not. */
function showButton({ text, of, mask, value }) {
  const show = button("Show", "Show " + of, async () => {
    const isShown = show.textContent === "Hide";
    const plain = isShown ? mask : await value();
    if (plain === null) return;
    text.textContent = plain;
    show.textContent = isShown ? "Show" : "Hide";
    show.setAttribute("aria-label", show.textContent + " " + of);
  });
  return show;
}

function copyButton({ text, of, value, said }) {
  return button("Copy", "Copy " + of, async () => {
    const plain = await value();
    if (plain === null) return;
    try {
      await navigator.clipboard.writeText(plain);
      said.textContent = "Copied.";
    } catch {
      // Not every browser lets a page do that everywhere.
      text.textContent = plain;
      getSelection().selectAllChildren(text);
      said.textContent = "The browser does not let this page copy: press Ctrl+C.";
    }
  });
}

/**
 * A field for one secret. `mask` is what stands for the stored one, nothing if there is none: then there is an input at
 * once. `of` completes the buttons' names ("the API key of production"), `reveal` asks the server for the value.
 * change() says what to save: undefined to keep it, null to remove it, else the new text.
 */
export function secretField({ label, of, name, mask, reveal, hint, wide, row, many }) {
  const id = newId();
  const caption = h("label", { class: row ? "mono" : null }, label);
  const wrong = h("span", { class: "wrong", id: id + "-wrong", hidden: true });
  const said = h("span", { class: "hint", role: "status" });
  const place = h("div", { class: "secret" });
  const element = h("div", { class: (row ? "member" : "field") + (wide ? " wide" : ""), "data-field": name },
    caption, place, hint && h("span", { class: "hint", id: id + "-hint" }, hint), said, wrong);
  let input = null;
  let isRemoved = false;

  element.setWrong = (text) => {
    wrong.hidden = !text;
    wrong.textContent = text ?? "";
    if (text) input?.setAttribute("aria-invalid", "true");
    else input?.removeAttribute("aria-invalid");
  };
  /** One of the states below, without what the one before said. */
  function put(...parts) {
    input = parts.find((each) => each.matches("input,textarea")) ?? null;
    isRemoved = false;
    said.textContent = "";
    element.setWrong("");
    if (input) caption.htmlFor = id;
    else caption.removeAttribute("for");
    place.classList.toggle("typing", Boolean(input));
    place.replaceChildren(...parts);
  }

  async function value() {
    element.setWrong("");
    try { return asText(await reveal()); } catch (failure) { element.setWrong(failure.message); return null; }
  }
  function showStored(focused) {
    const text = h("code", {}, mask);
    const replace = button("Replace", "Replace " + of, () => { showInput(); input.focus(); });
    put(text, h("div", { class: "bar" }, showButton({ text, of, mask, value }), copyButton({ text, of, value, said }),
      replace, button("Remove", "Remove " + of, showRemoved)));
    if (focused) replace.focus();
  }

  function showInput() {
    const typed = newInput({ id, many, described: (hint ? id + "-hint " : "") + wrong.id, setWrong: element.setWrong });
    if (!mask) { put(typed); return; }
    typed.placeholder = "The new value";
    // The dialog around it stays open.
    typed.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      showStored(true);
    });
    put(typed, button("Cancel", "Cancel replacing " + of, () => showStored(true)));
  }

  function showRemoved() {
    const keep = button("Keep", "Keep " + of, () => showStored(true));
    put(h("span", { class: "soft" }, "Removed when you save"), keep);
    isRemoved = true;
    keep.focus();
  }

  element.change = () => {
    if (isRemoved) return null;
    return (input && trimmed(input.value)) || undefined;
  };
  /** Replace was pressed, and nothing typed. */
  element.isUnfinished = () => Boolean(mask && input && !trimmed(input.value));
  if (mask) showStored();
  else showInput();
  return element;
}

/** Whether every secret that is being replaced below `root` has a new value; if not, it is said at the first one. */
export function areSecretsFinished(root) {
  const first = [...root.querySelectorAll("[data-field]")].find((each) => each.isUnfinished?.());
  if (!first) return true;
  first.setWrong("Type the new value, or cancel to keep the stored one.");
  first.closest("details")?.setAttribute("open", "");
  first.querySelector("input,textarea").focus();
  return false;
}

const key = (path) => JSON.stringify(path);
/** The places of secrets as the server lists them: has("env", "MY_TOKEN"). */
export function secretPaths(list) {
  const paths = new Set((list ?? []).map(key));
  return { has: (...path) => paths.has(key(path)) };
}
