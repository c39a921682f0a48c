// System Settings: where and how to sync, balance mode, and flags.

import { api } from "./api.js";
import { h, busy, check, dialog, field, showWrong, fail, toast } from "./dom.js";
import { save } from "./save.js";
import { areSecretsFinished, inSentence, secretField, secretPaths } from "./secret.js";
import { refreshStatus } from "./app.js";
import { finishSync } from "./conflict.js";

const at = (object, path) => path.split(".").reduce((value, name) => value?.[name], object);
const put = (object, path, value) => {
  const names = path.split(".");
  const last = names.pop();
  for (const name of names) object = object[name] ??= {};
  object[last] = value;
};

/** What protects the remote copy, in words. */
function encryption(s3Sync) {
  if (!s3Sync?.bucket) return "Not connected yet";
  const onTheWay = /^http:/i.test(s3Sync.endpointUrl ?? "") ? "none on the way (http)" : "TLS on the way";
  const stored = s3Sync.encryption ? "set to " + JSON.stringify(s3Sync.encryption) : "in the bucket as its provider does it";
  return onTheWay + "; " + stored;
}

export async function showSettings(main, state) {
  const { settings, secrets, revision, hasSecretAccessKey, hasSessionToken, damage, holds, remarks } = await api.get("settings");
  // Somebody quick is on another section by now.
  if (state.section !== "settings") return state.redraw;
  const controls = [];
  const isSecret = secretPaths(secrets);
  const isDefault = (path) => [null, undefined, ""].includes(at(settings, path));
  /** A control that reads and writes one member; empty removes it. */
  function bind(path, label, control, { hint, wide, number, fallback, holding } = {}) {
    const shown = holding ?? at(settings, path) ?? fallback ?? "";
    control.value = String(shown);
    controls.push({ path, read: () => (control.value.trim() === "" ? null : number && Number.isFinite(Number(control.value)) ? Number(control.value) : control.value.trim()), changed: () => control.value.trim() !== String(shown) });
    return field(label, control, { hint, wide, name: path });
  }
  function secret(path, label, { mask, ...options } = {}) {
    const reveal = async () => (await api.post("secret", { revision, path: ["settings", ...path.split(".")] })).value;
    const element = secretField({ label, of: "the " + inSentence(label), name: path, mask, reveal, ...options });
    controls.push({ path, read: element.change, changed: () => element.change() !== undefined });
    return element;
  }
  const text = (path, label, options = {}) => isSecret.has(...path.split(".")) ? secret(path, label, { mask: at(settings, path), ...options }) : bind(path, label, h("input", { autocomplete: "off", spellcheck: "false", inputmode: options.number ? "numeric" : null }), options);
  const choose = (path, label, pairs, options) => bind(path, label, h("select", {}, pairs.map(([value, name]) => h("option", { value }, name))), { fallback: pairs[0][0], ...options });
  function flag(path, label, { fallback = false, holding } = {}) {
    const before = holding ?? (at(settings, path) ?? fallback) === true;
    const element = check(label, before);
    controls.push({ path, read: () => element.box.checked, changed: () => element.box.checked !== before });
    // Beside the label: it is no part of the switch's name.
    return h("div", { class: "bar" }, element, holding !== undefined && isDefault(path) && h("span", { class: "tag gray" }, "default"));
  }
  const problem = h("div", { role: "alert" });
  const outcome = h("span", { class: "small", role: "status" });
  const changes = () => {
    const patch = {};
    for (const control of controls) if (control.changed()) put(patch, control.path, control.read());
    return patch;
  };
  function complain(failure) {
    const rest = failure.fields ? showWrong(form, failure.fields) : [failure.message + (failure.hint ? " — " + failure.hint : "")];
    problem.replaceChildren(...(rest.length ? [h("div", { class: "note bad" }, h("p", {}, rest.join("; ")))] : []));
    if (rest.length) problem.scrollIntoView({ block: "nearest" });
  }
  const test = h("button", { type: "button", onclick: () => busy(test, async () => {
    outcome.textContent = "Testing…";
    problem.replaceChildren();
    try {
      outcome.textContent = "Works: " + (await api.post("test", { revision, settings: changes() })).said;
    } catch (failure) { outcome.textContent = ""; complain(failure); }
  }) }, "Test connection");
  const saveButton = h("button", { type: "submit", class: "main" }, "Save settings");
  const form = h("form", { novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    problem.replaceChildren();
    if (!areSecretsFinished(form)) return;
    const patch = changes();
    if (Object.keys(patch).length === 0) { toast("Nothing to save: no setting was changed."); return; }
    await busy(saveButton, async () => {
      try {
        const answer = await save("put", "settings", { revision, settings: patch });
        if (!answer) return;
        if (answer.sync) await finishSync(answer.sync);
        await refreshStatus();
        await showSettings(main, state);
      } catch (failure) { complain(failure); }
    });
  } },
    h("section", { class: "card" }, h("h2", {}, "S3 sync"),
      h("div", { class: "fields" },
        text("s3Sync.bucket", "Bucket"), text("s3Sync.region", "Region", { hint: "Such as us-east-1; auto for Cloudflare R2" }),
        text("s3Sync.endpointUrl", "Endpoint URL", { wide: true, hint: "Empty for Amazon S3" }),
        text("s3Sync.key", "File path in bucket", { wide: true, hint: "Empty: start-claude-config.json" }),
        text("s3Sync.accessKeyId", "Access key ID"), secret("s3Sync.secretAccessKey", "Secret access key", { mask: hasSecretAccessKey && "****", hint: "Never leaves this machine" }),
        secret("s3Sync.sessionToken", "Session token", { mask: hasSessionToken && "****", wide: true, hint: "For temporary credentials only" })),
      h("dl", { class: "facts2", "data-gap": true }, h("dt", {}, "Encryption"), h("dd", {}, encryption(settings.s3Sync))),
      h("div", { class: "bar", "data-gap": true }, test, outcome)),
    h("section", { class: "card" }, h("h2", {}, "Automatic sync"),
      state.status?.rule && h("div", { class: "note" }, h("p", {}, state.status.rule)),
      remarks.length > 0 && h("div", { class: "note warn" }, remarks.map((remark) => h("p", {}, "settings.s3Sync." + remark + "."))),
      h("p", { class: "soft small" }, "What watch, balance and this page do without being asked."),
      h("div", { class: "fields" }, flag("s3Sync.autoUpload", "Upload 1 s after a change", { holding: holds.autoUpload }), flag("s3Sync.autoDownload", "Download what is newer", { holding: holds.autoDownload }),
        flag("s3Sync.readOnly", "Only read: upload nothing from this machine"),
        choose("s3Sync.conflictResolution", "When both sides changed the same", [["prompt", "Ask me"], ["local", "This machine wins"], ["remote", "The remote copy wins"]], { holding: holds.conflictResolution, hint: isDefault("s3Sync.conflictResolution") && "Default" }),
        text("s3Sync.remoteConfigCheckIntervalMinutes", "Check the remote every (minutes)", { number: true, holding: holds.remoteConfigCheckIntervalMinutes, hint: (isDefault("s3Sync.remoteConfigCheckIntervalMinutes") ? "Default; " : "") + "5 to 1440, while watch or balance runs" }))),
    h("section", { class: "card" }, h("h2", {}, "Balance mode"),
      h("div", { class: "fields" }, flag("balanceMode.enableByDefault", "Use it by default"),
        choose("balanceMode.strategy", "Strategy", [["Fallback", "Fallback: in order"], ["Polling", "Polling: in turn"], ["Speed First", "Speed first: the fastest"]]),
        flag("balanceMode.healthCheck.enabled", "Health checks", { fallback: true }), text("balanceMode.healthCheck.intervalMs", "Health check every (ms)", { number: true, hint: "30000 if empty" }),
        text("balanceMode.failedEndpoint.banDurationSeconds", "Leave a failed one alone for (s)", { number: true, hint: "300 if empty" }),
        text("balanceMode.speedFirst.responseTimeWindowMs", "Speed first: window (ms)", { number: true, hint: "300000 if empty" }), text("balanceMode.speedFirst.minSamples", "Speed first: samples needed", { number: true, hint: "2 if empty" }),
        text("balanceMode.timeouts.connectMs", "Connect within (ms)", { number: true, hint: "10000 if empty" }), text("balanceMode.timeouts.firstByteMs", "First byte within (ms)", { number: true, hint: "600000 if empty" }),
        text("balanceMode.timeouts.stallMs", "Longest silence in an answer (ms)", { number: true, hint: "300000 if empty" }))),
    h("section", { class: "card" }, h("h2", {}, "Command"), flag("overrideClaudeCommand", "Let “claude” start start-claude")),
    problem, h("div", { class: "bar" }, saveButton));
  main.replaceChildren(h("div", { class: "head" }, h("h1", {}, "System Settings")), damage ? h("div", { class: "note bad", role: "alert" }, h("p", {}, "config.json " + damage + ".")) : "", form);
  // What is being typed is not thrown away when something changes elsewhere: saving merges.
  return () => { if (Object.keys(changes()).length === 0 && !form.contains(document.activeElement)) showSettings(main, state).catch(fail); };
}
