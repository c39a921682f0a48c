// The frame: sections, what is known of the server, events, theme.

import { api } from "./api.js";
import { busy, h, icon, fail, ago, count } from "./dom.js";
import { showProfiles } from "./profiles.js";
import { showSync } from "./sync.js";
import { showSettings } from "./settings.js";
import { undoSync, withoutCommand } from "./undo.js";

const main = document.getElementById("main");
const sections = { profiles: showProfiles, sync: showSync, settings: showSettings };
const titles = { profiles: "Profiles", sync: "Sync", settings: "System Settings" };

/** What every section reads; `status` knows the remote side only after a look, `balance` is null until asked for. */
export const state = { configs: null, status: null, balance: null, section: "", redraw: () => {} };

function currentSection() {
  const wanted = location.hash.slice(1);
  return wanted in sections ? wanted : "profiles";
}

let shows = 0;
async function show() {
  const turn = ++shows;
  const section = currentSection();
  const moved = state.section && state.section !== section;
  state.section = section;
  document.title = titles[section] + " · start-claude manager";
  for (const name of Object.keys(sections)) {
    const tab = document.getElementById("tab-" + name);
    if (name === section) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  try {
    const redraw = await sections[section](main, state);
    if (turn === shows) state.redraw = redraw;
  } catch (failure) {
    // Another section, or this one again, is there by now.
    if (turn !== shows) return;
    main.replaceChildren(h("div", { class: "note bad", role: "alert" }, h("p", {}, failure.message),
      h("button", { type: "button", onclick: show }, "Try again")));
    state.redraw = show;
  }
  if (moved) main.focus({ preventScroll: true });
}

function showState() {
  const status = state.status;
  let kind = "", text = "Local only";
  if (status?.problem) { kind = "bad"; text = status.problem.kind === "unreachable" ? "Remote not reachable" : "Sync has a problem"; }
  else if (status?.needsDecision) { kind = "warn"; text = "A decision is needed"; }
  else if (status?.configured && status.pending > 0) { kind = "warn"; text = count(status.pending, "change") + " not uploaded"; }
  else if (status?.configured) { kind = status.lastSync ? "good" : ""; text = status.inSync === false ? "Remote changed" : status.lastSync ? "In sync, edited " + ago(status.lastSync.modified) : "Not synced yet"; }
  document.getElementById("state").replaceChildren(h("span", { class: "dot " + kind, "aria-hidden": "true" }), h("span", {}, text));
}

function showOpening() {
  const banner = document.getElementById("banner");
  const text = state.status?.opening;
  if (!text || sessionStorage.getItem("opening") === text) { banner.replaceChildren(); return; }
  const close = h("button", { class: "quiet square", type: "button", "aria-label": "Dismiss", onclick: () => {
    sessionStorage.setItem("opening", text);
    banner.replaceChildren();
  } }, icon("close"));
  const content = state.status.openingUndo;
  const undo = content && h("button", { type: "button", onclick: (event) => busy(event.currentTarget, () => undoSync(content)) }, "Undo");
  banner.replaceChildren(h("div", { class: "note" }, icon("sync"), h("p", {}, undo ? withoutCommand(text) : text), undo ?? "", close));
}

export async function refreshStatus({ look = false } = {}) {
  const status = await api.get(look ? "sync?look=1" : "sync");
  if (!look && state.status?.looked && !status.problem) {
    for (const name of ["remote", "next", "inSync", "needsDecision", "newer", "difference", "looked", "keyId"]) {
      if (status.local?.revision === state.status.local?.revision) status[name] ??= state.status[name];
    }
  }
  state.status = status;
  showState();
  showOpening();
  return status;
}

export async function refreshConfigs() {
  state.configs = await api.get("configs");
  return state.configs;
}

let waiting = null;
/** Several events that come together are one reading. */
function refreshSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    try {
      await Promise.all([refreshConfigs(), refreshStatus({ look: state.section === "sync" })]);
      state.redraw();
    } catch (failure) { fail(failure); }
  }, 150);
}

function showBalance(view) {
  state.balance = view;
  state.redraw.balance?.();
}

function listen() {
  const events = new EventSource("/api/events");
  for (const name of ["configs", "sync", "settings", "lagged"]) events.addEventListener(name, refreshSoon);
  events.addEventListener("activity", () => { if (state.section === "sync") refreshSoon(); });
  events.addEventListener("balance", (event) => showBalance(JSON.parse(event.data)));
  let lost = false;
  events.addEventListener("error", () => {
    if (!lost) document.getElementById("state").replaceChildren(h("span", { class: "dot bad" }), h("span", {}, "Manager not running"));
    lost = true;
    showBalance(null);
  });
  events.addEventListener("open", () => {
    if (lost) refreshSoon();
    lost = false;
    // From here on every change is an event.
    api.get("balance").then(showBalance).catch(() => {});
  });
}

function showTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const theme = localStorage.getItem("theme") ?? system;
  document.documentElement.dataset.theme = theme;
  const button = document.getElementById("theme");
  button.replaceChildren(icon(theme === "dark" ? "sun" : "moon"));
  button.onclick = () => {
    const other = theme === "dark" ? "light" : "dark";
    if (other === system) localStorage.removeItem("theme");
    else localStorage.setItem("theme", other);
    showTheme();
  };
}

showTheme();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
try {
  await Promise.all([refreshConfigs(), refreshStatus()]);
} catch (failure) { fail(failure); }
// Not before: a section needs what was read.
window.addEventListener("hashchange", show);
await show();
listen();
if (state.status?.configured && state.section !== "sync") refreshStatus({ look: true }).catch(() => {});
