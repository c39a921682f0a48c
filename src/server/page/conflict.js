// Fields that differ, side by side; and the questions that a sync may end with.

import { api } from "./api.js";
import { h, dialog, fail, newId, toast } from "./dom.js";
import { undoSync, withoutCommand } from "./undo.js";

export function shown(value) {
  if (value === null || value === undefined) return h("span", { class: "soft" }, "(none)");
  if (typeof value === "string") return h("code", {}, value === "" ? "(empty)" : value);
  if (typeof value === "object" && !Array.isArray(value) && value.isDeleted) return h("span", { class: "soft" }, "(deleted)");
  const text = JSON.stringify(value);
  return h("code", {}, text.length > 160 ? text.slice(0, 160) + "…" : text);
}

/** One choice for each conflict: {element, read()}, the preselected side chosen already. */
export function fieldChoices(conflicts, { local, remote, preselected, localTime, remoteTime }) {
  const groups = conflicts.map((conflict) => {
    const name = newId();
    const option = (side, label, time, value) => h("label", { class: "pick" },
      h("input", { type: "radio", name, value: side, required: true, checked: (conflict.preselected ?? preselected) === side }),
      h("span", {}, h("b", {}, label, time ? " · " + time : ""), shown(value)));
    const element = h("fieldset", {},
      h("legend", {}, conflict.name, " ", conflict.was !== null && h("span", { class: "soft small" }, "was ", shown(conflict.was))),
      h("div", { class: "choice" }, option("local", local, localTime, conflict.local), option("remote", remote, remoteTime, conflict.remote)));
    return { conflict, element };
  });
  const all = (side, label) => h("button", { type: "button", onclick: () => {
    for (const { element } of groups) element.querySelector(`[value=${side}]`).checked = true;
  } }, label);
  return {
    element: h("div", { class: "conflicts bar" },
      groups.length > 1 && h("div", { class: "bar" }, all("local", "All: " + local), all("remote", "All: " + remote)),
      groups.map(({ element }) => { element.classList.add("grow"); return h("div", { class: "field wide grow" }, element); })),
    read() {
      return groups.map(({ conflict, element }) => {
        const chosen = element.querySelector(":checked");
        if (!chosen) { element.querySelector("input").focus(); throw new Error("Choose a side for " + conflict.name + "."); }
        return { path: conflict.path, side: chosen.value };
      });
    },
  };
}

export function changesTable(changes, { from = true } = {}) {
  return h("table", { class: "rows" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Field"), h("th", { scope: "col" }, "This machine"), h("th", { scope: "col" }, "Remote"), from && h("th", { scope: "col", class: "by" }, "Kept"))),
    h("tbody", {}, changes.map((change) => h("tr", {}, h("th", { scope: "row" }, change.name), h("td", {}, shown(change.local)), h("td", {}, shown(change.remote)),
      from && h("td", { class: "by soft" }, change.from === "local" ? "this machine's" : change.from === "remote" ? "remote's" : "")))));
}

/** "production, staging, laptop and 9 more" */
function named(names) {
  if (names.length === 0) return "no profiles";
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? shown + " and " + (names.length - 8) + " more" : shown;
}

function side(label, facts) {
  return h("div", { class: "side" },
    h("div", { class: "name" }, label, facts.newer && h("span", { class: "tag good" }, facts.newer)),
    h("div", { class: "soft small" }, facts.writer || "another writer"),
    h("div", {}, facts.time ?? "nothing there"),
    h("div", { class: "soft small" }, named(facts.profiles)));
}

const labels = { yes: "Yes", no: "Leave both", keep_both: "Keep both", take_remote: "Take the bucket's", replace_remote: "Replace the bucket's", leave_both: "Leave both" };
const yesLabels = { confirm_merge: "Merge and upload", choose_fields: "Save and upload", replace_newer_remote: "Replace the remote copy",
  replace_newer_local: "Replace what is here", recreate_remote: "Upload again", repair_remote: "Repair it from here", accept_empty_remote: "Remove them here, too", accept_removals: "Remove them, too" };

/** Puts a question to the person; the answer for POST /api/sync, or null. */
export function askQuestion(question) {
  const choices = question.conflicts.length > 0
    ? fieldChoices(question.conflicts, { local: "This machine", remote: question.remote.writer || "Remote", preselected: question.preselected, localTime: question.local.time, remoteTime: question.remote.time })
    : null;
  const conflicting = new Set(question.conflicts.map((conflict) => conflict.name));
  const others = question.changes.filter((change) => !conflicting.has(change.name));
  const title = question.topic === "choose_fields" ? "Both sides changed the same fields" : "A decision is needed";
  const body = [
    question.explanation !== title + "." && h("p", {}, question.explanation),
    question.skew && h("div", { class: "note warn" }, h("p", {}, question.skew)),
    h("div", { class: "sides" }, side("This machine", question.local), side("Remote", question.remote)),
    choices?.element,
    others.length > 0 && h("details", { open: question.topic === "confirm_merge" }, h("summary", {}, choices ? `${others.length} more, without overlap` : `${others.length} difference${others.length === 1 ? "" : "s"}`), changesTable(others, { from: question.topic !== "choose_side" })),
    h("p", { class: "label" }, question.question),
  ];
  const wanted = question.options.filter((option) => option !== "view_differences");
  const buttons = wanted.map((option) => ({ value: option, label: option === "yes" ? yesLabels[question.topic] ?? labels.yes : labels[option] + (question.consequences[option] ? ": " + question.consequences[option] : ""),
    kind: option === question.default ? "main" : "" }));
  buttons.sort((a, b) => (a.kind === "main") - (b.kind === "main"));
  return dialog({ title, size: "broad", body, buttons,
    submit: (option) => ({ topic: question.topic, option, choices: (option === "yes" || option === "keep_both") && choices ? choices.read() : [], ...question.seen }) });
}

/** Asks what a sync ended with, until it is done or left alone, and says what came of it. */
export async function finishSync(result, direction = "both") {
  while (result.result === "question") {
    const answer = await askQuestion(result.question);
    if (!answer) return;
    result = await api.post("sync", { direction, answer });
  }
  if (result.result === "failed") fail({ ...result.error, message: "Saved, but not synced: " + result.error.message });
  else toast(withoutCommand(result.said), { bad: result.result === "held", undo: result.undo && (() => undoSync(result.local.revision)) });
}
