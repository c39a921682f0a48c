// One profile: the form to add or edit it. Only what was changed is sent; all else stays as it is.

import { api } from "./api.js";
import { h, check, dialog, field } from "./dom.js";
import { memberRows } from "./members.js";
import { save } from "./save.js";
import { areSecretsFinished, inSentence, secretField, secretPaths } from "./secret.js";

const modes = ["", "default", "acceptEdits", "plan", "bypassPermissions"];
const texts = { name: "Name", model: "Model", baseUrl: "Base URL", smallFastModel: "Small, fast model", httpProxy: "HTTP proxy", httpsProxy: "HTTPS proxy", noProxy: "No proxy for" };
const secrets = { apiKey: "API key", authToken: "Auth token" };
const numbers = { order: "Order", maxOutputTokens: "Most output tokens" };
const trims = new Set(["name", "model", "baseUrl", "httpProxy", "httpsProxy"]);
const known = new Set(["id", "env", "enabled", "isDefault", "permissionMode", "customHeaders", ...Object.keys({ ...texts, ...secrets, ...numbers })]);

/** Headers as pairs, be they an object or lines of a text. */
function headerEntries(headers) {
  if (!headers) return [];
  if (typeof headers === "object") return Object.entries(headers);
  return headers.split("\n").filter((line) => line.trim()).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
}

/** Every control of the form, and what it would change. */
function makeForm(state, { profile, index, listed }) {
  const isNew = index === undefined;
  const { revision } = state.configs;
  const of = isNew ? "" : " of " + profile.name;
  const isSecret = secretPaths(listed);
  const reveal = async (path) => (await api.post("secret", { revision, index, path })).value;
  const readers = [];  // each adds to the changes
  const secret = (name, label, options) => {
    const element = secretField({ label, of: "the " + inSentence(label) + of, name, mask: isSecret.has(name) ? profile[name] : null, reveal: () => reveal([name]), ...options });
    readers.push((changes) => { if (element.change() !== undefined) changes[name] = element.change(); });
    return element;
  };
  const bind = (name, label, control, options) => {
    const stored = profile[name] ?? "";
    const shown = typeof stored === "object" ? JSON.stringify(stored) : String(stored);
    control.value = shown;
    readers.push((changes) => {
      const value = trims.has(name) ? control.value.trim() : control.value;
      if (value === shown) return;
      const isNumber = name in numbers && value.trim() !== "" && Number.isFinite(Number(value));
      changes[name] = value === "" && name !== "name" ? null : isNumber ? Number(value) : value;
    });
    return field(label, control, { name, ...options });
  };
  const text = (name, options) => isSecret.has(name) ? secret(name, texts[name], { wide: true, ...options })
    : bind(name, texts[name], h("input", { autocomplete: "off", spellcheck: "false", autofocus: name === "name" && isNew }), options);
  const rows = (name, word, entries, options) => {
    const members = memberRows({ path: name, word, entries, isSecret: (member) => isSecret.has(name, member), of, reveal, ...options });
    readers.push((changes) => {
      const patch = members.changes();
      if (Object.keys(patch).length > 0) changes[name] = members.isEmpty() ? null : patch;
    });
    return members.element;
  };
  const flag = (name, label, before, attributes) => {
    const element = check(label, before, attributes);
    readers.push((changes) => { if (element.box.checked !== before) changes[name] = element.box.checked; });
    return h("div", {}, element);
  };
  const changes = () => {
    const all = {};
    for (const read of readers) read(all);
    return all;
  };
  return { isNew, isSecret, secret, bind, text, rows, flag, changes };
}

function fields(form, profile) {
  const { text, secret, bind, rows, flag, isSecret } = form;
  const mode = h("select", {}, [...new Set([...modes, profile.permissionMode ?? ""])].map((each) => h("option", { value: each }, each || "As Claude has it")));
  const env = Object.entries(profile.env ?? {});
  const others = Object.entries(profile).filter(([name]) => !known.has(name));
  const hidden = others.filter(([name, value]) => isSecret.has(name) && typeof value === "string");
  const plain = others.filter((each) => !hidden.includes(each));
  const headers = isSecret.has("customHeaders") ? secret("customHeaders", "Custom headers", { wide: true, many: true })
    : h("fieldset", { class: "wide" }, h("legend", {}, "Custom headers"), rows("customHeaders", "header", headerEntries(profile.customHeaders)));
  return [
    h("div", { class: "fields" },
      text("name"), text("model", { hint: "Empty: Claude's own choice" }),
      text("baseUrl", { wide: true, hint: "Such as https://api.anthropic.com" }),
      Object.entries(secrets).map(([name, label]) => secret(name, label)),
      flag("enabled", "Enabled", profile.enabled !== false), flag("isDefault", "Default profile", profile.isDefault === true, { disabled: profile.isDefault === true })),
    h("details", { open: env.length > 0 }, h("summary", {}, "Environment variables"), rows("env", "variable", env, { many: true })),
    h("details", {}, h("summary", {}, "More settings"), h("div", { class: "fields" },
      bind("permissionMode", "Permission mode", mode),
      Object.entries(numbers).map(([name, label]) => bind(name, label, h("input", { inputmode: "numeric", autocomplete: "off" }), name === "order" ? { hint: "Lower first in balance mode" } : {})),
      ["smallFastModel", "httpProxy", "httpsProxy", "noProxy"].map((name) => text(name)), headers,
      hidden.map(([name]) => secret(name, name, { wide: true })))),
    plain.length > 0 && h("details", {}, h("summary", {}, `${plain.length} other field${plain.length === 1 ? "" : "s"}, kept as they are`),
      h("table", { class: "rows" }, h("tbody", {}, plain.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, h("code", {}, JSON.stringify(value)))))))),
  ];
}

export async function editProfile(state, { profile = {}, index }) {
  const { revision, indexes, secrets: listed } = state.configs;
  const form = makeForm(state, { profile, index, listed: index === undefined ? [] : listed?.[indexes.indexOf(index)] });
  const body = h("div", { class: "form" }, fields(form, profile));
  await dialog({
    title: form.isNew ? "Add profile" : "Edit " + profile.name, body,
    buttons: [{ label: "Cancel", value: "cancel" }, { label: form.isNew ? "Add" : "Save", value: "save", kind: "main" }],
    submit: async () => {
      if (!areSecretsFinished(body)) throw new Error("A secret is being replaced and has no new value.");
      const changes = form.changes();
      if (form.isNew) return save("patch", "configs", { revision, op: "add", config: { name: "", ...changes } });
      if (Object.keys(changes).length === 0) return "unchanged";
      return save("patch", "configs", { revision, op: "update", index, changes });
    },
  });
}
