// Sync: both sides, what to do, the history and what happened.

import { api } from "./api.js";
import { h, icon, ago, busy, clock, count, dialog, when } from "./dom.js";
import { refreshConfigs, refreshStatus } from "./app.js";
import { changesTable, finishSync } from "./conflict.js";
import { save } from "./save.js";

function side(label, facts, { newer, difference, writer, unread }) {
  const there = facts?.exists;
  return h("div", { class: "side" },
    h("div", { class: "name" }, label, newer && h("span", { class: "tag good" }, difference)),
    h("div", { class: "soft small" }, writer || " "),
    h("div", {}, there ? when(facts.modified) : facts ? "Nothing there yet" : unread ? "Could not be read" : "Not looked at yet"),
    h("div", { class: "soft small" }, there ? facts.damage ?? count(facts.configurations, "profile") : " "));
}

function note(status) {
  if (status.problem) return h("div", { class: "note bad", role: "alert" }, h("p", {}, status.problem.message, status.problem.hint ? " — " + status.problem.hint : ""));
  if (status.skew) return h("div", { class: "note warn" }, h("p", {}, status.skew));
  if (status.needsDecision) return h("div", { class: "note warn" }, h("p", {}, "Both sides changed. Sync now shows the differences and asks."));
  if (status.inSync) return h("div", { class: "note good" }, h("p", {}, "Both sides are the same."));
  if (status.next) return h("div", { class: "note" }, h("p", {}, "Next: " + status.next + "."));
  return null;
}

export async function showSync(main, state) {
  const body = h("div", {});
  main.replaceChildren(h("div", { class: "head" }, h("h1", { class: "grow" }, "Sync")), body);

  async function run(button, direction) {
    await busy(button, async () => {
      await finishSync(await api.post("sync", { direction }), direction);
      await Promise.all([refreshConfigs(), refreshStatus({ look: true })]);
      await draw();
    });
  }

  function restore(revision) {
    const configured = state.status.configured;
    const places = configured ? "of what is here and of the remote copy" : "of what is here";
    return dialog({ title: "Restore this?", size: "narrow",
      body: h("p", {}, `${count(revision.configurations, "profile")} from ${when(revision.saved)} take${revision.configurations === 1 ? "s" : ""} the place ${places}. What is there now stays in the history.`),
      buttons: [{ label: "Cancel", value: "cancel" }, ...(configured ? [{ label: "Restore here only", value: "here" }] : []),
        { label: configured ? "Restore and upload" : "Restore", value: "restore", kind: "main" }],
      submit: (value) => save("post", "restore", { content: revision.revision, upload: value === "restore" }) });
  }

  async function differences() {
    const answer = await api.get("diff");
    await dialog({ title: "Differences", size: "broad", body: answer.differences.length > 0 ? changesTable(answer.differences, { from: false }) : h("p", {}, "There are none."), buttons: [{ label: "Close", value: "cancel", kind: "main" }] });
  }

  const history = h("div", {}, h("p", { class: "soft" }, "Reading…"));
  async function drawHistory() {
    const { revisions, remark } = await api.get("history");
    if (revisions.length === 0) { history.replaceChildren(h("p", { class: "soft" }, "Nothing yet: every content that is replaced is kept here.")); return; }
    history.replaceChildren(remark ? h("p", { class: "soft small" }, remark) : "", h("table", { class: "rows" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Saved"), h("th", { scope: "col", class: "by" }, "By"), h("th", { scope: "col" }, "Profiles"), h("th", { scope: "col", class: "by" }, "Kept as"), h("td", {}))),
      h("tbody", {}, revisions.slice(0, 30).map((each) => h("tr", {}, h("td", {}, when(each.saved)), h("td", { class: "by" }, each.by || "—"), h("td", {}, String(each.configurations)), h("td", { class: "by" }, each.place),
        h("td", { class: "act" }, each.here ? h("span", { class: "tag" }, "Here now") : h("button", { type: "button", "aria-label": "Restore the one of " + when(each.saved), onclick: () => restore(each) }, "Restore")))))));
  }

  async function draw() {
    const status = state.status;
    const { activity } = await api.get("activity");
    const log = h("section", { class: "card" }, h("h2", {}, "Activity"),
      status.automatic && h("p", { class: "soft small" }, "Last automatic sync: " + status.automatic.text),
      activity.length > 0 ? h("ul", { class: "log" }, activity.slice(0, 40).map((entry) => h("li", {}, h("time", { datetime: entry.time }, clock(entry.time)),
        h("span", { class: "dot " + { done: "good", warning: "warn", failure: "bad" }[entry.weight], role: "img", "aria-label": entry.weight }), h("span", {}, entry.text)))) : h("p", { class: "soft" }, "Nothing happened yet."));
    if (!status.configured) {
      body.replaceChildren(h("div", { class: "card empty" }, icon("cloud"), h("h2", {}, "This machine does not sync yet"),
        h("p", { class: "soft" }, "Connect it to an S3 bucket, and your profiles are the same on all your machines."),
        status.problem && h("p", { class: "soft" }, status.problem.message),
        h("button", { type: "button", class: "main", onclick: () => { location.hash = "settings"; } }, "Set it up")), h("section", { class: "card" }, h("h2", {}, "History"), history), log);
      return;
    }
    const action = (label, direction, name, kind) => h("button", { type: "button", class: kind, onclick: (event) => run(event.currentTarget, direction) }, icon(name), label);
    // Where a cloud folder syncs nothing comes from the bucket, and a machine that only reads sends nothing.
    const actions = status.backup ? [!status.readOnly && action("Upload a copy", "up", "up", "main")]
      : [action("Sync now", "both", "sync", "main"), !status.readOnly && action("Upload", "up", "up"), action("Download", "down", "down")];
    body.replaceChildren(
      h("section", { class: "card", "aria-label": "Both sides" },
        h("div", { class: "sides" },
          side("This machine", status.local, { newer: status.newer === "local", difference: status.difference, writer: status.host + (status.pending > 0 ? " · " + count(status.pending, "change") + " not uploaded" : "") }),
          side("Remote", status.remote, { newer: status.newer === "remote", difference: status.difference, writer: status.remote?.writer ? "by " + status.remote.writer : "", unread: status.problem })),
        h("div", { class: "bar", "data-gap": true }, actions,
          h("button", { type: "button", class: "quiet", onclick: (event) => busy(event.currentTarget, differences) }, "Show differences"))),
      status.rule ? h("div", { class: "note" }, h("p", {}, status.rule)) : "",
      note(status) ?? "",
      h("section", { class: "card" }, h("h2", {}, "Connection"), h("dl", { class: "facts2" },
        [["Target", status.target], ["Endpoint", status.endpoint], ["Key id", status.keyId],
          ["Last sync", status.lastSync ? when(status.lastSync.modified) + (status.lastSync.writer ? ", by " + status.lastSync.writer : "") : "never"],
          ["Conditional writes", status.conditionalWrites], ["Looked", status.looked ? ago(status.looked) : ""]]
          .filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))),
      h("section", { class: "card" }, h("h2", {}, "History"), history), log);
  }

  await draw();
  const redraw = () => { draw(); drawHistory().catch(() => {}); };
  drawHistory().catch((failure) => history.replaceChildren(h("p", { class: "soft" }, failure.message)));
  if (state.status.configured) refreshStatus({ look: true }).then(() => { if (state.section === "sync") return draw(); }).catch(() => {});
  return redraw;
}
