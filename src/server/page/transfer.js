// Import and export as JSON files; keys leave only one profile at a time, when asked for.

import { api } from "./api.js";
import { h, dialog, fail } from "./dom.js";
import { save } from "./save.js";
import { state as shared } from "./app.js";

function download(name, text) {
  const link = h("a", { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export async function exportProfiles(state, { index, keys }) {
  const { revision, indexes } = state.configs;
  const one = (each) => api.text(`export?revision=${revision}&index=${each}&secrets=1`);
  try {
    if (index !== undefined) return download("start-claude-profile.json", await one(index));
    if (!keys) return download("start-claude-profiles.json", await api.text(`export?revision=${revision}`));
    const sure = await dialog({ title: "Export with keys?", size: "narrow", body: h("p", {}, "Whoever has the file can use your keys. Keep it private, and delete it when it has served."),
      buttons: [{ label: "Cancel", value: "cancel" }, { label: "Export with keys", value: "yes", kind: "main" }] });
    if (!sure) return;
    // The texts are put together as they are, so that every number stays as it was written.
    const texts = [];
    for (const each of indexes) texts.push((await one(each)).trim());
    download("start-claude-profiles.json", '{"configs": [\n' + texts.join(",\n") + "\n]}\n");
  } catch (failure) { fail(failure); }
}

export function importProfiles() {
  const input = h("input", { type: "file", accept: ".json,application/json", onchange: async () => {
    const file = input.files[0];
    if (!file) return;
    try {
      const text = await file.text();
      const revision = shared.configs.revision;
      const preview = await api.post("import", { revision, text, preview: true });
      const line = (label, names) => names.length > 0 && h("p", {}, h("strong", {}, label), " ", names.join(", "));
      const nothing = preview.added.length + preview.changed.length === 0;
      await dialog({ title: "Import " + file.name, size: "narrow",
        body: [line("New:", preview.added), line("Changed:", preview.changed), preview.unchanged > 0 && h("p", { class: "soft" }, preview.unchanged + " as they are already"), h("p", { class: "soft small" }, "What the file does not name stays as it is.")],
        buttons: [{ label: "Cancel", value: "cancel" }, ...(nothing ? [] : [{ label: "Import", value: "import", kind: "main" }])],
        submit: () => save("post", "import", { revision, text }) });
    } catch (failure) { fail(failure); }
  } });
  input.click();
}
