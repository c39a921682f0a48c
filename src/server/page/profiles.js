// Profiles: list, search, order, switches, and the menu of each.

import { api } from "./api.js";
import { h, icon, busy, dialog, fail, menu, toast, count } from "./dom.js";
import { save } from "./save.js";
import { balancePanel } from "./balance.js";
import { editProfile } from "./profile.js";
import { exportProfiles, importProfiles } from "./transfer.js";

let query = "";

const host = (url) => { try { return new URL(url).host; } catch { return url; } };

function facts(profile) {
  const secret = profile.apiKey ?? profile.authToken;
  return [profile.model, profile.baseUrl && host(profile.baseUrl), secret && h("span", { class: "mono" }, secret),
    profile.env && Object.keys(profile.env).length > 0 && count(Object.keys(profile.env).length, "variable")].filter(Boolean);
}

function matches(profile) {
  return [profile.name, profile.model, profile.baseUrl].some((text) => String(text ?? "").toLowerCase().includes(query.toLowerCase()));
}

/** The same order with one profile moved by a place, or to another's. */
function moved(indexes, from, to) {
  const order = [...indexes];
  order.splice(to, 0, ...order.splice(from, 1));
  return order;
}

export function showProfiles(main, state) {
  const list = h("ul", { class: "list", "aria-label": "Profiles" });
  const said = h("p", { class: "soft small", role: "status" });
  const search = h("input", { type: "search", placeholder: "Search", "aria-label": "Search profiles", value: query, autocomplete: "off",
    oninput: () => { query = search.value; draw(); } });
  const balance = balancePanel();
  const patch = (body) => save("patch", "configs", body).catch((failure) => { fail(failure); drawn = null; draw(); });

  /** What the rows show. While one is dragged they stay, whatever comes in meanwhile. */
  let drawn = null;
  let drawnQuery = "";
  let isDragging = false;
  function endDrag() {
    isDragging = false;
    if (drawn !== state.configs) draw();
  }

  function takeHold(name) {
    [...list.querySelectorAll(".handle")].find((each) => each.dataset.name === name)?.focus();
  }

  async function reorder(from, to) {
    const { indexes, configs, revision } = drawn;
    if (to < 0 || to >= indexes.length || from === to) return;
    const name = configs[from].name;
    await patch({ revision, op: "reorder", indexes: moved(indexes, from, to) });
    takeHold(name);
    said.textContent = `${name} is now number ${to + 1} of ${indexes.length}.`;
  }

  function more(anchor, profile, index, at) {
    menu(anchor, "More for " + profile.name, [
      { label: "Duplicate", run: () => patch({ op: "duplicate", index }) },
      ...(profile.isDefault ? [] : [{ label: "Make default", run: () => patch({ op: "default", index }) }]),
      ...(at > 0 ? [{ label: "Move up", run: () => reorder(at, at - 1) }] : []),
      ...(at < state.configs.indexes.length - 1 ? [{ label: "Move down", run: () => reorder(at, at + 1) }] : []),
      { label: "Export with its keys", run: () => exportProfiles(state, { index }) },
      { label: "Delete", kind: "danger", run: () => patch({ op: "delete", index }) },
    ]);
  }

  function row(profile, index, at) {
    const enabled = profile.enabled !== false;
    const toggle = h("input", { type: "checkbox", role: "switch", class: "switch", checked: enabled, "aria-label": profile.name + " enabled",
      onchange: () => patch({ op: "update", index, changes: { enabled: toggle.checked } }) });
    const handle = h("button", { type: "button", class: "quiet square handle", "data-name": profile.name, "aria-label": `Move ${profile.name}; arrow keys change its place`,
      onkeydown: (event) => {
        const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (by) { event.preventDefault(); reorder(at, at + by); }
      } }, icon("grip"));
    const dots = h("button", { type: "button", class: "quiet square", "aria-label": "More for " + profile.name, "aria-haspopup": "menu", onclick: () => more(dots, profile, index, at) }, icon("more"));
    const item = h("li", { class: "profile" + (enabled ? "" : " off"), draggable: query ? null : "true",
      ondragstart: (event) => { isDragging = true; event.dataTransfer.setData("text/plain", String(at)); event.dataTransfer.effectAllowed = "move"; item.classList.add("dragged"); },
      ondragend: () => { item.classList.remove("dragged"); endDrag(); },
      ondragover: (event) => { event.preventDefault(); item.classList.add("above"); },
      ondragleave: () => item.classList.remove("above"),
      ondrop: (event) => { event.preventDefault(); item.classList.remove("above"); isDragging = false; reorder(Number(event.dataTransfer.getData("text/plain")), at); } },
      query ? h("span", {}) : handle,
      h("div", { class: "who" },
        h("div", { class: "name" }, profile.name || "(no name)", profile.isDefault && h("span", { class: "tag" }, "Default"), !enabled && h("span", { class: "tag gray" }, "Off")),
        h("div", { class: "facts" }, facts(profile).map((fact) => h("span", {}, fact)))),
      h("div", { class: "bar tail" }, toggle,
        h("button", { type: "button", "aria-label": "Edit " + profile.name, onclick: () => editProfile(state, { profile, index }) }, "Edit"), dots));
    return item;
  }

  function draw() {
    balance.draw(state.balance);
    // Rows that would be the same stay: somebody may be about to take hold of one.
    if (isDragging || (drawn?.revision === state.configs.revision && drawnQuery === query)) return;
    // What came in from elsewhere neither takes the row out of the hand nor the last words away.
    const held = list.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    const isSearch = query !== "" || drawnQuery !== query;
    drawn = state.configs;
    drawnQuery = query;
    const { configs, indexes, damage } = drawn;
    if (damage) {
      list.replaceChildren(h("li", {}, h("div", { class: "note bad", role: "alert" }, h("p", {}, "config.json " + damage + ". Mend it by hand, or bring back an earlier one from the history on the Sync page."))));
      return;
    }
    const rows = configs.map((profile, at) => [profile, indexes[at], at]).filter(([profile]) => matches(profile)).map((each) => row(...each));
    if (isSearch) said.textContent = query ? count(rows.length, "profile") + " found" : "";
    if (rows.length > 0) {
      list.replaceChildren(...rows);
      if (held) takeHold(held);
      return;
    }
    list.replaceChildren(h("li", {}, configs.length > 0
      ? h("div", { class: "card empty" }, icon("search"), h("h2", {}, "Nothing matches"), h("p", { class: "soft" }, `No profile has “${query}” in its name, model or address.`),
        h("button", { type: "button", onclick: () => { query = search.value = ""; draw(); search.focus(); } }, "Show all"))
      : h("div", { class: "card empty" }, icon("box"), h("h2", {}, "No profiles yet"), h("p", { class: "soft" }, "A profile is an address, a key and a model that Claude is started with."),
        h("button", { type: "button", class: "main", onclick: () => editProfile(state, {}) }, icon("plus"), "Add the first profile"))));
  }

  const tools = h("button", { type: "button", "aria-haspopup": "menu", onclick: () => menu(tools, "Import and export", [
    { label: "Import…", run: () => importProfiles() },
    { label: "Export without keys", run: () => exportProfiles(state, {}) },
    { label: "Export with keys…", run: () => exportProfiles(state, { keys: true }) },
  ]) }, "Import / Export");
  main.replaceChildren(
    h("div", { class: "head" }, h("h1", { class: "grow" }, "Profiles"), h("div", { class: "search" }, icon("search"), search), tools,
      h("button", { type: "button", class: "main", onclick: () => editProfile(state, {}) }, icon("plus"), "Add profile")),
    balance.element, list, said);
  draw();
  return Object.assign(draw, { balance: () => balance.draw(state.balance) });
}
