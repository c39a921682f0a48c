// Undoing a sync: what s3-restore --last does on the terminal, as a button beside the message.

import { api } from "./api.js";
import { fail, toast } from "./dom.js";
import { refreshConfigs, refreshStatus, state } from "./app.js";

/** A sync's message without the command, for which there is a button here. */
export const withoutCommand = (text) => text.replace(" Undo: start-claude s3-restore --last", "");

/** Gives each side back what it had before the sync that left `content` here. */
export async function undoSync(content) {
  try {
    const answer = await api.post("sync/undo", { content });
    toast(answer.said);
    if (answer.problem) fail({ ...answer.problem, message: "Not uploaded: " + answer.problem.message });
    await Promise.all([refreshConfigs(), refreshStatus({ look: state.section === "sync" })]);
    state.redraw();
  } catch (failure) { fail(failure); }
}
