// Variables and headers: one row for each. A secret one is a secretField, a plain one has a name and a value to edit.

import { h, icon, newId } from "./dom.js";
import { secretField } from "./secret.js";

const asText = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** A row whose name and value can be changed; `stored` is how it is in the file, null for a new one. */
function plainRow({ path, word, stored, many, remove }) {
  const [name, value] = stored ?? ["", ""];
  const wrong = h("span", { class: "wrong", id: newId(), hidden: true });
  const shared = { class: "mono", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-describedby": wrong.id };
  const what = () => nameInput.value.trim() || "the new " + word;
  const nameInput = h("input", { ...shared, value: name, placeholder: "Name", "aria-label": "Name of " + (name || "the new " + word) });
  // An input would join the lines of a value.
  const valueInput = many && value.includes("\n") ? h("textarea", { ...shared, rows: "3", value }) : h("input", { ...shared, value, placeholder: "Value" });
  const button = h("button", { type: "button", class: "square quiet", onclick: remove }, icon("close"));
  const element = h("div", { class: "member plain" }, nameInput, h("div", { class: "with" }, valueInput, button), wrong);
  const label = () => {
    valueInput.setAttribute("aria-label", "Value of " + what());
    button.setAttribute("aria-label", "Remove " + what());
    element.dataset.field = path + "." + nameInput.value.trim();
  };
  element.setWrong = (text) => {
    wrong.hidden = !text;
    wrong.textContent = text ?? "";
    for (const input of [nameInput, valueInput]) {
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  };
  nameInput.addEventListener("input", () => { label(); element.setWrong(""); });
  valueInput.addEventListener("input", () => element.setWrong(""));
  label();
  element.edit = (patch) => {
    const to = nameInput.value.trim();
    if (stored && to !== name) patch[name] ??= null;
    if (!to) return;
    if (!stored || to !== name || valueInput.value !== value) patch[to] = valueInput.value;
  };
  element.typedName = () => nameInput.value.trim();
  return element;
}

/**
 * The members of an object: `entries` are names and values as they are shown, `isSecret` tells which are masks, `of`
 * whose they are, `reveal` asks for one. changes() is the patch; it throws where two rows have one name.
 */
export function memberRows({ path, word, entries, isSecret, of, reveal, many }) {
  const box = h("div", { class: "members" });
  const removed = new Set();
  function add(stored) {
    const row = plainRow({ path, word, stored, many, remove: () => {
      if (stored) removed.add(stored[0]);
      row.remove();
      addButton.focus();
    } });
    box.append(row);
    return row;
  }
  function addSecret(name, mask) {
    const row = secretField({ label: name, of: name + of, name: path + "." + name, mask, reveal: () => reveal([path, name]), row: true, many });
    row.edit = (patch) => { if (row.change() !== undefined) patch[name] = row.change(); };
    row.typedName = () => name;
    box.append(row);
  }
  for (const [name, value] of entries) {
    if (isSecret(name)) addSecret(name, asText(value));
    else add([name, asText(value)]);
  }
  const addButton = h("button", { type: "button", onclick: () => add(null).querySelector("input").focus() }, icon("plus"), "Add " + word);
  return {
    element: h("div", { class: "field wide", "data-field": path }, box, h("div", {}, addButton)),
    changes() {
      const rows = [...box.children];
      const names = rows.map((row) => row.typedName());
      const twice = rows.find((row, at) => names[at] && names.indexOf(names[at]) !== at);
      if (twice) {
        twice.setWrong("There is another one of this name.");
        throw new Error(`Two rows are named ${twice.typedName()}.`);
      }
      const patch = Object.fromEntries([...removed].map((name) => [name, null]));
      for (const row of rows) row.edit(patch);
      return patch;
    },
    isEmpty: () => [...box.children].every((row) => !row.typedName() || row.change?.() === null),
  };
}
