// Saving: with the revision it was based on, the question if somebody else changed the same, undo.

import { api } from "./api.js";
import { h, dialog, fail, toast, when } from "./dom.js";
import { refreshConfigs, refreshStatus, state } from "./app.js";
import { fieldChoices } from "./conflict.js";

/** Asks which of two edits is right, field by field; the choices, or null if the person gave up. */
async function askClash(clash) {
  const choices = fieldChoices(clash.conflicts, {
    local: "Yours", remote: "In the file", preselected: "remote",
    localTime: "being saved now", remoteTime: "written " + when(clash.modified),
  });
  return dialog({
    title: "Changed by somebody else meanwhile", size: "broad",
    body: [h("p", { class: "soft" }, "Another tab, an editor or a download changed the same fields. Nothing was saved yet."), choices.element],
    buttons: [{ label: "Cancel", value: "cancel" }, { label: "Save these", value: "save", kind: "main" }],
    submit: () => choices.read(),
  });
}

/** Sends an edit, settles what opposes it, and shows the result. Throws what stays wrong. */
export async function save(method, path, body) {
  let answer = null;
  let request = { revision: state.configs?.revision, ...body };
  while (!answer) {
    try {
      answer = await api[method](path, request);
    } catch (failure) {
      if (!failure.clash) throw failure;
      const choices = await askClash(failure.clash);
      if (!choices) return null;
      request = { ...request, seen: failure.clash.seen, choices };
    }
  }
  if (answer.changed || answer.uploaded) {
    toast(answer.said + (answer.merged ? ", merged with what changed meanwhile" : ""), {
      // With another connection came what is there: taking only the one back would mix both.
      undo: answer.undo && path !== "undo" && !answer.sync ? () => undo(answer) : undefined,
    });
  } else {
    toast("Nothing changed: it is like that already.");
  }
  if (answer.problem) fail({ ...answer.problem, message: "Not uploaded: " + answer.problem.message });
  await Promise.all([refreshConfigs(), refreshStatus()]);
  state.redraw();
  return answer;
}

async function undo(answer) {
  try {
    await save("post", "undo", { revision: answer.revision, to: answer.undo, upload: answer.uploaded === true });
  } catch (failure) { fail(failure); }
}
