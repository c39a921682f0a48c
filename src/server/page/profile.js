// One profile: the form to add or edit it. Only what was changed is sent; all else stays as it is.

import { api } from "./api.js";
import { h, icon, check, dialog, fail, field, newId } from "./dom.js";
import { save } from "./save.js";

const modes = ["", "default", "acceptEdits", "plan", "bypassPermissions"];
const texts = [["name", "Name"], ["model", "Model"], ["baseUrl", "Base URL"], ["smallFastModel", "Small, fast model"], ["httpProxy", "HTTP proxy"], ["httpsProxy", "HTTPS proxy"], ["noProxy", "No proxy for"]];
const secrets = [["apiKey", "API key"], ["authToken", "Auth token"]];
const numbers = [["order", "Order"], ["maxOutputTokens", "Most output tokens"]];
const known = new Set(["id", "env", "enabled", "isDefault", "permissionMode", "customHeaders", ...[...texts, ...secrets, ...numbers].map(([name]) => name)]);
const isMask = (text) => typeof text === "string" && text.startsWith("****");

/** A field for a secret: masked, shown on request, replaced by typing. */
function secretInput(state, index, path, value, label) {
  const input = h("input", { type: "text", class: "mono", value: value ?? "", autocomplete: "off", spellcheck: "false" });
  if (!isMask(value)) return h("div", { class: "with" }, input);
  const show = h("button", { type: "button", class: "square", "aria-label": "Show " + label, onclick: async () => {
    try {
      const answer = await api.post("secret", { revision: state.configs.revision, index, path });
      input.value = String(answer.value);
      show.disabled = true;
    } catch (failure) { fail(failure); }
  } }, icon("eye"));
  return h("div", { class: "with" }, input, show);
}

function envRows(state, index, env) {
  const box = h("div", { class: "d-env list" });
  function add(name, value) {
    const nameInput = h("input", { class: "mono", value: name, "aria-label": "Variable", placeholder: "NAME", autocomplete: "off", spellcheck: "false" });
    const control = secretInput(state, index, ["env", name], value, name || "value");
    const valueInput = control.querySelector("input");
    valueInput.setAttribute("aria-label", "Value of " + (name || "variable"));
    valueInput.placeholder = "value";
    const row = h("div", { class: "with" }, nameInput, control, h("button", { type: "button", class: "square quiet", "aria-label": "Remove " + (name || "variable"), onclick: () => row.remove() }, icon("close")));
    control.style.flex = "1";
    row.read = () => [nameInput.value.trim(), valueInput.value, name];
    box.append(row);
    return nameInput;
  }
  for (const [name, value] of Object.entries(env ?? {})) add(name, typeof value === "string" ? value : JSON.stringify(value));
  return {
    element: h("div", { class: "field wide", "data-field": "env" }, box,
      h("div", {}, h("button", { type: "button", onclick: () => add("", "").focus() }, icon("plus"), "Add variable"))),
    changes() {
      const before = env ?? {};
      const after = Object.fromEntries([...box.children].map((row) => row.read()).filter(([name]) => name));
      const patch = {};
      for (const name of Object.keys(before)) if (!(name in after)) patch[name] = null;
      for (const [name, value] of Object.entries(after)) {
        const was = before[name];
        if (value !== (typeof was === "string" ? was : was === undefined ? undefined : JSON.stringify(was))) patch[name] = value;
      }
      for (const [name, value, from] of [...box.children].map((row) => row.read())) {
        if (from && from !== name && isMask(value)) throw new Error(`Show the value of ${from} before renaming it.`);
      }
      return patch;
    },
  };
}

export async function editProfile(state, { profile = {}, index }) {
  const isNew = index === undefined;
  const inputs = new Map();
  const make = (name, label, control, options = {}) => {
    inputs.set(name, control.querySelector?.("input,select,textarea") ?? control);
    return field(label, control, { name, ...options });
  };
  const text = (name, label, options) => make(name, label, h("input", { value: profile[name] ?? "", autocomplete: "off", spellcheck: "false", autofocus: name === "name" && isNew }), options);
  const byName = Object.fromEntries(texts);
  const mode = h("select", {}, [...new Set([...modes, profile.permissionMode ?? ""])].map((each) => h("option", { value: each }, each || "As Claude has it")));
  mode.value = profile.permissionMode ?? "";
  const headers = h("textarea", { rows: "2", class: "mono", spellcheck: "false", value: typeof profile.customHeaders === "string" ? profile.customHeaders : profile.customHeaders ? JSON.stringify(profile.customHeaders) : "" });
  const enabled = check("Enabled", profile.enabled !== false);
  const isDefault = check("Default profile", profile.isDefault === true, { disabled: profile.isDefault === true });
  const env = envRows(state, index, profile.env);
  const others = Object.entries(profile).filter(([name]) => !known.has(name));
  const advanced = ["smallFastModel", "httpProxy", "httpsProxy", "noProxy"];
  const body = [
    h("div", { class: "fields" },
      text("name", byName.name), text("model", byName.model, { hint: "Empty: Claude's own choice" }),
      text("baseUrl", byName.baseUrl, { wide: true, hint: "Such as https://api.anthropic.com" }),
      secrets.map(([name, label]) => make(name, label, secretInput(state, index, [name], profile[name], label))),
      h("div", {}, enabled), h("div", {}, isDefault)),
    h("details", { open: Boolean(profile.env && Object.keys(profile.env).length) }, h("summary", {}, "Environment variables"), env.element),
    h("details", {}, h("summary", {}, "More settings"), h("div", { class: "fields" },
      make("permissionMode", "Permission mode", mode), ...numbers.map(([name, label]) => make(name, label, h("input", { inputmode: "numeric", value: profile[name] ?? "", autocomplete: "off" }), name === "order" ? { hint: "Lower first in balance mode" } : {})),
      ...advanced.map((name) => text(name, byName[name])), make("customHeaders", "Custom headers", headers, { wide: true, hint: "One a line: Name: value" }))),
    others.length > 0 && h("details", {}, h("summary", {}, `${others.length} other field${others.length === 1 ? "" : "s"}, kept as they are`),
      h("table", { class: "rows" }, h("tbody", {}, others.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, h("code", {}, JSON.stringify(value)))))))),
  ];
  const changed = () => {
    const changes = {};
    for (const [name, input] of inputs) {
      const was = profile[name];
      const shown = was === undefined || was === null ? "" : typeof was === "object" ? JSON.stringify(was) : String(was);
      const value = name === "name" || name === "baseUrl" || name === "model" ? input.value.trim() : input.value;
      if (value === shown) continue;
      const isNumber = numbers.some(([each]) => each === name) && value.trim() !== "" && Number.isFinite(Number(value));
      changes[name] = value === "" && name !== "name" ? null : isNumber ? Number(value) : value;
    }
    const variables = env.changes();
    if (Object.keys(variables).length) changes.env = variables;
    if (enabled.box.checked !== (profile.enabled !== false)) changes.enabled = enabled.box.checked;
    if (isDefault.box.checked && !profile.isDefault) changes.isDefault = true;
    return changes;
  };
  const revision = state.configs.revision;
  await dialog({
    title: isNew ? "Add profile" : "Edit " + profile.name, body,
    buttons: [{ label: "Cancel", value: "cancel" }, { label: isNew ? "Add" : "Save", value: "save", kind: "main" }],
    submit: async () => {
      const changes = changed();
      if (isNew) return save("patch", "configs", { revision, op: "add", config: { name: "", ...changes } });
      if (Object.keys(changes).length === 0) return "unchanged";
      return save("patch", "configs", { revision, op: "update", index, changes });
    },
  });
}
