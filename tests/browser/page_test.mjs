// The manager's page in a real browser, against a real server: every function once.
//
//   node page_test.mjs BINARY MODULES SCREENSHOTS [ENVIRONMENT]
//
// MODULES has playwright-core and axe-core (scripts/install-suite); ENVIRONMENT is that of scripts/s3-server, without it
// the program's own S3 server is used.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { World } from "./machines.mjs";

const [binary, modules, screenshots, environment] = process.argv.slice(2);
for (const needed of [join(modules, "installed"), "/usr/bin/chromium"])
  assert.ok(existsSync(needed), `${needed} is missing: scripts/install-suite, or scripts/test --without-browser`);
const require = createRequire(join(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

mkdirSync(screenshots, { recursive: true });
const world = await World.make(binary, environment);
const heron = world.machine("heron", [
  { name: "production", baseUrl: "https://api.anthropic.com", apiKey: "sk-ant-0123456789abcdef9f2c", model: "claude-sonnet-4", isDefault: true, mystery: { deep: [1, 2] }, env: { DEBUG: "1", MY_TOKEN: "abcdefghijklmnopqr" } },
  { name: "staging", baseUrl: "https://staging.example.com", authToken: "tok-0123456789abcdef", model: "claude-opus-4" },
]);
const lark = world.machine("lark");
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
const context = await browser.newContext({ viewport: { width: 1100, height: 780 }, acceptDownloads: true, permissions: ["clipboard-read", "clipboard-write"] });
const page = await context.newPage();
page.setDefaultTimeout(30000);
const complaints = [];
page.on("pageerror", (error) => complaints.push(error.message));
// 401, 409 and 422 are answers that the page shows; everything else on the console is a mistake.
// The page that only sends the browser on names no icon, so that browsers ask for the usual one.
page.on("console", (message) => {
  const expected = /status of (401|409|422|502)/.test(message.text()) || message.location().url.endsWith("/favicon.ico");
  if (message.type() === "error" && !expected) complaints.push(message.text() + " " + message.location().url);
});
const elsewhere = [];
let manager;
page.on("request", (request) => { if (manager && !request.url().startsWith(manager.url) && !request.url().startsWith("blob:")) elsewhere.push(request.url()); });

/** Without the messages of earlier steps. */
async function shot(name, options = {}) {
  await page.evaluate(() => { document.getElementById("toasts").replaceChildren(); scrollTo(0, 0); });
  await page.screenshot({ path: join(screenshots, name + ".png"), ...options });
}
async function audit(what) {
  await page.evaluate(axe + ";0");
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(serious.map(({ id, nodes }) => [id, nodes[0].target.join(" "), nodes[0].failureSummary]), [], what);
}
async function narrow(what) {
  const { wide, shown } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, shown: innerWidth }));
  assert.ok(wide <= shown, `${what} is ${wide} px wide at ${shown}`);
}
const button = (name) => page.getByRole("button", { name, exact: true });
const label = (name) => page.getByLabel(name, { exact: true });
const toast = (text) => page.locator(".toast", { hasText: text }).last().waitFor();
/** The same, and puts it away, so that the next one of these words is another one. */
async function heard(text) {
  const message = page.locator(".toast", { hasText: text }).last();
  await message.getByRole("button", { name: "Dismiss" }).click();
  await message.waitFor({ state: "detached" });
}
const names = () => page.locator(".profile .name").evaluateAll((all) => all.map((each) => each.firstChild.textContent));
const named = (name) => heron.read().configs.find((each) => each.name === name && !each.isDeleted);
async function choose(of, item) {
  await button("More for " + of).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}
const enter = async () => { await page.goto(manager.url + "/?token=" + manager.token); await page.waitForSelector("h1"); };
const section = (name) => page.locator("#tab-" + name).click();

const steps = {
  async "without the token there is nothing to see"() {
    const other = await browser.newContext();
    const stranger = await other.newPage();
    assert.equal((await stranger.goto(manager.url)).status(), 401);
    await other.close();
  },
  async "the token leaves the URL"() {
    await enter();
    await page.waitForURL(manager.url + "/");
    await page.waitForSelector(".profile");
    await page.getByText("S3 sync is not configured; showing local profiles.").waitFor();
    const cookies = await context.cookies();
    assert.ok(cookies[0].httpOnly && cookies[0].sameSite === "Strict");
  },
  async "profiles are listed, searched, and shown in both colours"() {
    assert.deepEqual(await names(), ["production", "staging"]);
    assert.ok(!(await page.content()).includes("sk-ant-0123"));
    await shot("profiles-light");
    await audit("profiles");
    await label("Search profiles").fill("opus");
    assert.deepEqual(await names(), ["staging"]);
    await label("Search profiles").fill("nobody");
    await page.getByText("Nothing matches").waitFor();
    await button("Show all").click();
    await button("Switch between light and dark").click();
    await shot("profiles-dark");
    await audit("profiles, dark");
    await button("Switch between light and dark").click();
  },
  async "a mask never becomes a key: there is no input that holds one"() {
    const before = heron.text();
    await button("Edit production").click();
    await page.locator("dialog").getByText("****9f2c").waitFor();
    const held = await page.locator("dialog input, dialog textarea").evaluateAll((all) => all.map(({ value }) => value));
    assert.deepEqual(held.filter((value) => value.includes("**")), []);
    // What went wrong once: a blank behind the mask.
    await page.getByText("****9f2c").last().click();
    await page.keyboard.press("End");
    await page.keyboard.type(" ");
    await button("Save").click();
    await page.waitForSelector("dialog", { state: "detached" });
    assert.equal(heron.text(), before);
    for (const [path, body] of [["configs", { op: "update", index: 0, changes: { apiKey: "****9f2c " } }], ["configs", { op: "update", index: 1, changes: { authToken: "****9f2c" } }]]) {
      const { status, message } = await page.evaluate(async ([to, sent]) => {
        const { api } = await import("/api.js");
        const { revision } = await api.get("configs");
        return api.patch(to, { revision, ...sent }).then(() => ({}), (failure) => ({ status: failure.status, message: failure.message }));
      }, [path, body]);
      assert.equal(status, 422);
      assert.match(message, /^(apiKey|authToken) is a mask, not a secret/);
    }
    assert.equal(heron.text(), before);
  },
  async "a key is masked until asked for, and an edit keeps what it does not know"() {
    await button("Edit production").click();
    await audit("the form");
    const dialog = page.locator("dialog");
    await button("Show the API key of production").click();
    await dialog.getByText("sk-ant-0123456789abcdef9f2c").waitFor();
    await button("Hide the API key of production").click();
    await dialog.getByText("****9f2c").waitFor();
    await button("Copy the API key of production").click();
    await dialog.getByText("Copied.").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "sk-ant-0123456789abcdef9f2c");
    await label("Model").fill("claude-opus-4");
    await button("Save").click();
    await toast("Saved production");
    const { model, apiKey, mystery, env } = named("production");
    assert.deepEqual([model, apiKey, mystery, env], ["claude-opus-4", "sk-ant-0123456789abcdef9f2c", { deep: [1, 2] }, { DEBUG: "1", MY_TOKEN: "abcdefghijklmnopqr" }]);
  },
  async "a secret is replaced by hand, taken back by Escape, removed and kept"() {
    await button("Edit staging").click();
    const dialog = page.locator("dialog");
    await button("Replace the auth token of staging").focus();
    await page.keyboard.press("Enter");
    const isFocused = (name) => label(name).evaluate((each) => each === document.activeElement);
    assert.ok(await isFocused("Auth token") && await label("Auth token").inputValue() === "");
    await button("Save").click();
    await dialog.getByText("Type the new value, or cancel to keep the stored one.").waitFor();
    await page.keyboard.type("tok-abandoned");
    await page.keyboard.press("Escape");
    assert.ok(await dialog.isVisible(), "Escape only cancels the replacing");
    assert.ok(await button("Replace the auth token of staging").evaluate((each) => each === document.activeElement));
    await button("Remove the auth token of staging").click();
    await dialog.getByText("Removed when you save").waitFor();
    await audit("a secret about to be removed");
    await button("Keep the auth token of staging").click();
    await button("Replace the auth token of staging").click();
    await audit("a secret being replaced");
    await page.evaluate(() => navigator.clipboard.writeText("tok\nbroken"));
    await page.keyboard.press("Control+V");
    await dialog.getByText("What was pasted has a line break inside").waitFor();
    await label("Auth token").fill("****9f2c");
    await button("Save").click();
    await dialog.getByText("Is a mask, not a secret").waitFor();
    await label("Auth token").fill("tok-with\u200binside");
    await button("Save").click();
    await dialog.getByText("Has an invisible character in it: a zero-width space").waitFor();
    assert.equal(named("staging").authToken, "tok-0123456789abcdef");
    await label("Auth token").fill("  tok-fedcba9876543210 ");
    await page.keyboard.press("Enter");
    await heard("Saved staging");
    assert.equal(named("staging").authToken, "tok-fedcba9876543210");
    await button("Edit staging").click();
    await button("Remove the auth token of staging").click();
    await button("Save").click();
    await heard("Saved staging");
    assert.ok(!("authToken" in named("staging")));
  },
  async "variables, headers and URLs with a password are edited one by one"() {
    heron.edit((document) => Object.assign(document.configs.find((each) => each.name === "staging"), {
      authToken: "tok-0123456789abcdef", httpProxy: "http://me:hush-hush@proxy.example:3128",
      env: { LEVEL: "1", OLD: "x", API_TOKEN: "abcdefghijklmnopqr", NOTE: "two\nlines" },
      customHeaders: "X-Team: blue\nAuthorization: Bearer abcdefghijkl\nX-Old: 1",
    }));
    await page.locator(".profile", { hasText: "4 variables" }).waitFor();
    await button("Edit staging").click();
    const dialog = page.locator("dialog");
    await dialog.locator("summary", { hasText: "More settings" }).click();
    await audit("rows");
    await shot("secrets-light");
    await label("Value of LEVEL").fill("2");
    await button("Remove OLD").click();
    await button("Add variable").click();
    await page.keyboard.type("FRESH");
    await label("Value of FRESH").fill("new");
    await button("Replace API_TOKEN of staging").click();
    await page.keyboard.type("rstuvwxyzabcdefghi");
    await label("Value of X-Team").fill("red");
    await button("Show Authorization of staging").click();
    await dialog.getByText("Bearer abcdefghijkl").waitFor();
    await button("Remove X-Old").click();
    await dialog.getByText("http://****@proxy.example:3128").waitFor();
    await button("Save").click();
    await heard("Saved staging");
    const { env, customHeaders, httpProxy } = named("staging");
    assert.deepEqual(env, { LEVEL: "2", API_TOKEN: "rstuvwxyzabcdefghi", NOTE: "two\nlines", FRESH: "new" });
    assert.equal(customHeaders, "X-Team: red\nAuthorization: Bearer abcdefghijkl");
    assert.equal(httpProxy, "http://me:hush-hush@proxy.example:3128");
    await button("Edit staging").click();
    await button("Add variable").click();
    await page.keyboard.type("COPIED");
    await label("Value of COPIED").fill("****fghi");
    await button("Save").click();
    await dialog.getByText("Is a mask, not a secret").waitFor();
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.setViewportSize({ width: 360, height: 740 });
    await button("Edit staging").click();
    await narrow("the form with rows");
    await audit("rows, phone");
    await page.keyboard.press("Escape");
    await page.setViewportSize({ width: 1100, height: 780 });
    heron.edit((document) => { const staging = document.configs.find((each) => each.name === "staging"); delete staging.env; delete staging.customHeaders; delete staging.httpProxy; });
    await page.locator(".profile", { hasText: "4 variables" }).waitFor({ state: "detached" });
  },
  async "what is wrong is said beside its field"() {
    await button("Add profile").click();
    await label("Name").fill("staging");
    await label("Base URL").fill("nonsense");
    await button("Add").click();
    await page.getByText("Is the name of another configuration").waitFor();
    await page.getByText("Must begin with http:// or https://").waitFor();
    await label("Name").fill("home");
    await label("Base URL").fill("http://127.0.0.1:8080");
    await button("Add").click();
    await toast("Added home");
    assert.ok(named("home").id);
  },
  async "profiles are duplicated, switched off, made default, deleted and brought back"() {
    await choose("home", "Duplicate");
    await toast("Duplicated home");
    assert.ok(named("home copy"));
    await page.getByRole("switch", { name: "home copy enabled" }).click();
    await page.waitForSelector(".profile.off");
    assert.equal(named("home copy").enabled, false);
    await choose("staging", "Make default");
    await toast("staging is the default now");
    assert.deepEqual(heron.read().configs.filter((each) => each.isDefault).map((each) => each.name), ["staging"]);
    await choose("home copy", "Delete");
    await toast("Deleted home copy");
    assert.ok(!named("home copy"));
    await page.locator(".toast", { hasText: "Deleted home copy" }).getByRole("button", { name: "Undo" }).click();
    await toast("Undone");
    assert.ok(named("home copy"));
    await choose("home copy", "Delete");
    await toast("Deleted home copy");
  },
  async "the order changes by keyboard and by drag"() {
    await page.locator('.handle[data-name="home"]').focus();
    await page.keyboard.press("ArrowUp");
    await page.getByText("home is now number 2 of 3.").waitFor();
    assert.deepEqual(await names(), ["production", "home", "staging"]);
    // What changes elsewhere while one is dragged does not take it out of the hand.
    const target = page.locator(".profile", { hasText: "production" });
    await page.locator(".profile", { hasText: "staging" }).hover();
    await page.mouse.down();
    await target.hover();
    await target.hover();
    const reading = page.waitForResponse(/api\/configs/);
    heron.edit((document) => { document.configs.find((each) => each.name === "home").note = "meanwhile"; document.configs.unshift({ name: "zero" }); });
    await (await reading).finished();
    await page.evaluate(() => new Promise(requestAnimationFrame));
    await target.hover();
    await page.mouse.up();
    await heard("merged with what changed meanwhile");
    await page.locator(".profile", { hasText: "zero" }).waitFor();
    assert.deepEqual((await names()).filter((name) => name !== "zero"), ["staging", "production", "home"]);
    assert.equal(named("home").note, "meanwhile");
    heron.edit((document) => { document.configs = document.configs.filter(({ name }) => name !== "zero"); });
    await page.locator(".profile", { hasText: "zero" }).waitFor({ state: "detached" });
  },
  async "profiles go out without keys, and come in from a file"() {
    const download = page.waitForEvent("download");
    await button("Import / Export").click();
    await page.getByRole("menuitem", { name: "Export without keys" }).click();
    const text = readFileSync(await (await download).path(), "utf8");
    assert.ok(text.includes("production") && !text.includes("sk-ant"));
    const file = join(world.folder, "import.json");
    writeFileSync(file, '{"configs": [{"name": "imported", "model": "m"}, {"name": "home", "model": "changed"}]}');
    const chooser = page.waitForEvent("filechooser");
    await button("Import / Export").click();
    await page.getByRole("menuitem", { name: "Import…" }).click();
    await (await chooser).setFiles(file);
    await page.getByText("imported").waitFor();
    await button("Import").click();
    await toast("Imported 2 configurations");
    assert.equal(named("home").model, "changed");
  },
  async "profiles go out with their keys one by one, and only when that was confirmed"() {
    const asked = [];
    const note = (request) => { if (request.url().includes("/api/export")) asked.push(new URL(request.url()).search.replace(/revision=\w+&?/, "")); };
    page.on("request", note);
    await button("Import / Export").click();
    await page.getByRole("menuitem", { name: "Export with keys…" }).click();
    await page.getByText("Whoever has the file can use your keys.").waitFor();
    await button("Cancel").click();
    assert.deepEqual(asked, []);
    const download = page.waitForEvent("download");
    await button("Import / Export").click();
    await page.getByRole("menuitem", { name: "Export with keys…" }).click();
    await button("Export with keys").click();
    const { configs } = JSON.parse(readFileSync(await (await download).path(), "utf8"));
    page.off("request", note);
    assert.deepEqual(configs.map((each) => each.name).sort(), [...(await names())].sort());
    assert.equal(configs.find((each) => each.name === "production").apiKey, "sk-ant-0123456789abcdef9f2c");
    assert.equal(configs.find((each) => each.name === "production").env.MY_TOKEN, "abcdefghijklmnopqr");
    assert.ok(asked.length === configs.length && asked.every((each) => /^\?index=\d+&secrets=1$/.test(each)), asked.join(" "));
    assert.ok(!(await page.content()).includes("sk-ant-0123"));
  },
  async "a running balance shows how its endpoints do, and is gone with its process"() {
    const panel = page.getByRole("region", { name: "Balance mode" });
    assert.ok(!(await panel.isVisible()));
    const [fast, broken] = [await world.api(200), await world.api(503)];
    heron.edit((document) => {
      document.configs.push({ name: "fast", baseUrl: fast.url, apiKey: "sk-fast-0123456789", order: 1 }, { name: "broken", baseUrl: broken.url, apiKey: "sk-broken-0123456789", order: 0 });
      document.settings = { balanceMode: { strategy: "Fallback", healthCheck: { enabled: true, intervalMs: 1000 } } };
    });
    const balance = await world.balance(heron, "fast", "broken");
    for (let i = 0; i < 3; ++i) assert.equal(await balance.message(), 200);
    const row = (name) => panel.getByRole("row", { name: new RegExp("^" + name) });
    await row("fast").getByText("Healthy").waitFor();
    await row("fast").getByText("3 samples").waitFor();
    assert.match(await row("fast").innerText(), /\d ms\s+3 samples\s+3$/);
    assert.match(await row("broken").innerText(), /Left alone until \d\d:\d\d:\d\d\s+(health check: )?status 503/);
    assert.match(await row("broken").innerText(), /0 samples\s+1\s+1 failed$/);
    for (const part of [balance.token, "sk-fast", "sk-broken"]) assert.ok(!(await page.content()).includes(part));
    await audit("balance");
    await shot("balance-light");
    await button("Switch between light and dark").click();
    await audit("balance, dark");
    await shot("balance-dark");
    await button("Switch between light and dark").click();
    await page.setViewportSize({ width: 360, height: 740 });
    await narrow("balance");
    await audit("balance, phone");
    await shot("balance-phone");
    await page.setViewportSize({ width: 1100, height: 780 });
    broken.status = 200;  // which the next health check finds
    await row("broken").getByText("Healthy").waitFor();
    await page.getByText("broken is in use again.").waitFor({ state: "attached" });
    balance.child.kill("SIGKILL");
    await panel.waitFor({ state: "hidden" });
    assert.ok(existsSync(join(heron.home, ".start-claude/balance.json")), "a crash leaves the file");
    heron.edit((document) => {
      document.configs = document.configs.filter(({ name }) => name !== "fast" && name !== "broken");
      delete document.settings;
    });
    await page.locator(".profile", { hasText: "broken" }).waitFor({ state: "detached" });
  },
  async "an editor's change shows by itself, and a stale save of the same field asks"() {
    heron.edit((document) => { document.configs.find((each) => each.name === "imported").name = "renamed"; });
    await page.locator(".profile", { hasText: "renamed" }).waitFor();
    await button("Edit renamed").click();
    heron.edit((document) => { document.configs.find((each) => each.name === "renamed").model = "theirs"; });
    await label("Model").fill("mine");
    await button("Save").click();
    await page.getByText("Changed by somebody else meanwhile").waitFor();
    assert.equal(named("renamed").model, "theirs");
    await page.locator("dialog input[value=local]").last().check();
    await button("Save these").click();
    await toast("Saved renamed");
    assert.equal(named("renamed").model, "mine");
  },
  async "two tabs and an editor at once lose nothing"() {
    const other = await context.newPage();
    await other.goto(manager.url + "/");
    await page.getByRole("button", { name: "Edit home", exact: true }).click();
    await other.getByRole("button", { name: "Edit home", exact: true }).click();
    await other.getByLabel("Model", { exact: true }).fill("of the other tab");
    await other.getByRole("button", { name: "Save", exact: true }).click();
    await other.locator(".toast", { hasText: "Saved home" }).waitFor();
    heron.edit((document) => { document.configs.find((each) => each.name === "home").note = "of the editor"; });
    await label("Base URL").fill("http://127.0.0.1:8081");
    await button("Save").click();
    await heard("Saved home, merged with what changed meanwhile");
    const { model, note, baseUrl } = named("home");
    assert.deepEqual([model, note, baseUrl], ["of the other tab", "of the editor", "http://127.0.0.1:8081"]);
    await other.locator(".profile", { hasText: "127.0.0.1:8081" }).waitFor();
    await other.close();
  },
  async "settings: a connection is tried, then saved; the secret is not shown unless asked for"() {
    await section("settings");
    await page.getByRole("heading", { name: "S3 sync" }).waitFor();
    await audit("settings");
    lark.setUp();  // and with it the bucket
    await label("Bucket").fill(world.bucket);
    await label("Region").fill("us-east-1");
    await label("Endpoint URL").fill("http://127.0.0.1:1");
    await label("Access key ID").fill("AKIAIOSFODNN7EXAMPLE");
    await label("Secret access key").fill("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    await button("Test connection").click();
    await page.getByText("connection refused").waitFor();
    await label("Endpoint URL").fill(world.endpoint);
    await button("Test connection").click();
    await page.getByText("Works: ").waitFor();
    await label("File path in bucket").fill("profiles/mine.json");
    for (const name of ["Upload 1 s after a change", "Download what is newer"]) assert.ok(await label(name).isChecked(), name + ": on unless switched off");
    assert.equal(await page.locator(".tag", { hasText: "default" }).count(), 2);
    await label("Only read: upload nothing from this machine").check();
    await label("When both sides changed the same").selectOption("local");
    await label("Check the remote every (minutes)").fill("3");
    await button("Save settings").click();
    await page.getByText("Must be between 5 and 1440 minutes").waitFor();
    await label("Check the remote every (minutes)").fill("30");
    await label("Use it by default").check();
    await label("Strategy").selectOption("Speed First");
    assert.ok(await label("Health checks").isChecked(), "on unless switched off");
    await label("Health checks").uncheck();
    const numbers = { "Health check every (ms)": ["healthCheck", "intervalMs", 20000], "Leave a failed one alone for (s)": ["failedEndpoint", "banDurationSeconds", 60],
      "Speed first: window (ms)": ["speedFirst", "responseTimeWindowMs", 60000], "Speed first: samples needed": ["speedFirst", "minSamples", 5],
      "Connect within (ms)": ["timeouts", "connectMs", 5000], "First byte within (ms)": ["timeouts", "firstByteMs", 30000], "Longest silence in an answer (ms)": ["timeouts", "stallMs", 40000] };
    for (const [name, [, , value]] of Object.entries(numbers)) await label(name).fill(String(value));
    await label("Let “claude” start start-claude").check();
    await button("Save settings").click();
    await heard("Saved the settings");
    assert.equal(await label("File path in bucket").inputValue(), "profiles/mine.json");
    const { s3Sync, balanceMode, overrideClaudeCommand } = heron.read().settings;
    assert.deepEqual([s3Sync.autoUpload, s3Sync.autoDownload, s3Sync.readOnly, s3Sync.conflictResolution, s3Sync.remoteConfigCheckIntervalMinutes, s3Sync.key],
      [undefined, undefined, true, "local", 30, "profiles/mine.json"]);
    await page.getByText("This machine only reads: nothing is uploaded from it.").waitFor();
    assert.deepEqual([s3Sync.bucket, s3Sync.region, s3Sync.endpointUrl, s3Sync.accessKeyId, s3Sync.secretAccessKey],
      [world.bucket, "us-east-1", world.endpoint, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"]);
    assert.deepEqual([balanceMode.enableByDefault, balanceMode.strategy, balanceMode.healthCheck.enabled, overrideClaudeCommand], [true, "Speed First", false, true]);
    for (const [name, [part, member, value]] of Object.entries(numbers)) assert.equal(balanceMode[part][member], value, name);
    await button("Replace the secret access key").waitFor();
    await button("Show the access key ID").click();
    await page.getByText("AKIAIOSFODNN7EXAMPLE").waitFor();
    assert.ok(!(await page.content()).includes("wJalrXUtn"));
    await page.getByText("none on the way (http); in the bucket as its provider does it").waitFor();
    assert.equal(await page.locator("#banner .note").count(), 0, "not configured is not so any more");
    await shot("settings", { fullPage: true });
    await button("Save settings").click();
    await heard("Nothing to save");
    // The next steps share the usual object with the other machine, upload, and ask about conflicts.
    await label("File path in bucket").fill("");
    await label("When both sides changed the same").selectOption("prompt");
    await label("Download what is newer").uncheck();
    await label("Only read: upload nothing from this machine").uncheck();
    await label("Health checks").check();
    await button("Save settings").click();
    await heard("Saved the settings");
    assert.ok(!("key" in heron.read().settings.s3Sync));
    assert.equal(heron.read().settings.s3Sync.autoDownload, false);
    // What is here and not there went there, as s3-setup does it.
    await heard(/^Uploaded \d+ /);
    await page.getByText("autoDownload is off: what is new in the bucket stays there until s3-sync.").waitFor();
  },
  async "sync: upload, then an edit uploads itself"() {
    await section("sync");
    await button("Sync now").click();
    await toast(/^(Uploaded|Already in sync)/);
    await page.getByText("Both sides are the same.").waitFor();
    lark.run("s3-sync", "--auto");
    assert.ok(lark.read().configs.some((each) => each.name === "production"));
    await section("profiles");
    await button("Edit home").click();
    await label("Model").fill("by itself");
    await button("Save").click();
    await toast("Saved home");
    await section("sync");
    await page.locator(".log li", { hasText: "Uploaded 4 profiles" }).first().waitFor();
    await page.getByText("Both sides are the same.").waitFor();
    lark.run("s3-sync", "--auto");
    assert.ok(lark.text().includes("by itself"));
  },
  async "a conflict is shown field by field, the newer side preselected, and one click settles it"() {
    await section("settings");
    await label("Upload 1 s after a change").uncheck();
    await button("Save settings").click();
    await heard("Saved the settings");
    heron.edit((document) => { document.configs.find((each) => each.name === "production").model = "here"; });
    heron.age(120);
    lark.edit((document) => { document.configs.find((each) => each.name === "production").model = "there"; });
    lark.run("s3-upload", "--force");
    await section("sync");
    await button("Sync now").click();
    await page.getByRole("heading", { name: "Both sides changed the same fields", exact: true }).waitFor();
    await page.locator("dialog input[value=remote]:checked").waitFor();
    await shot("conflict");
    await audit("the conflict");
    await button("Save and upload").click();
    await page.waitForSelector("dialog", { state: "detached" });
    await page.getByText("Both sides are the same.").waitFor();
    assert.equal(named("production").model, "there");
  },
  async "the history brings an earlier one back"() {
    await page.reload();
    await page.getByText("Here now").waitFor();
    await page.getByRole("button", { name: /^Restore the one of/ }).first().click();
    const before = heron.text();
    await button("Restore and upload").click();
    // What went to the bucket is taken back there, too.
    await page.locator(".toast", { hasText: "and uploaded them" }).getByRole("button", { name: "Undo" }).click();
    await heard("Undone here and remotely");
    await page.getByText("Both sides are the same.").waitFor();
    lark.run("s3-sync", "--auto");
    assert.deepEqual(lark.read().configs, JSON.parse(before).configs);
    await page.getByRole("button", { name: /^Restore the one of/ }).first().click();
    await button("Restore and upload").click();
    await heard(/^Restored \d+ configurations? from the history and uploaded them/);
    assert.notEqual(heron.text(), before);
    await page.getByText("Both sides are the same.").waitFor();
    lark.run("s3-sync", "--auto");
    assert.deepEqual(lark.read().configs, heron.read().configs);
    // What is here already comes back with nothing to do, and that is said.
    const listed = await (await page.request.get(manager.url + "/api/history?offline=1")).json();
    const here = listed.revisions.find((each) => each.here).revision;
    await page.evaluate(async (content) => (await import("/save.js")).save("post", "restore", { content }), here);
    await heard("Nothing changed");
    // Here only: the bucket keeps what it has.
    await page.getByRole("button", { name: /^Restore the one of/ }).first().click();
    await button("Restore here only").click();
    await heard(/^Restored/);
    await page.locator(".side", { hasText: "This machine" }).getByText("not uploaded").waitFor();
    lark.run("s3-sync", "--auto");
    assert.notDeepEqual(lark.read().configs, heron.read().configs);
    await audit("sync");
    await shot("sync", { fullPage: true });
    await button("Show differences").click();
    await page.getByRole("heading", { name: "Differences" }).waitFor();
    await button("Close").last().click();
  },
  async "a tab that is clicked while the page still loads is shown"() {
    const tab = await (await browser.newContext()).newPage();
    let loaded, early;
    const clicked = new Promise((resolve) => { loaded = resolve; });
    for (const read of ["configs", "sync"]) await tab.route("**/api/" + read, async (route) => { await clicked; loaded = null; await route.continue(); });
    await tab.route("**/api/activity", async (route) => {
      if (loaded) { early = route; return; }
      await route.continue();
      // What was asked for too early is answered last.
      await tab.getByRole("button", { name: "Sync now", exact: true }).waitFor();
      if (early) { const answered = tab.waitForResponse("**/api/activity"); await early.continue(); await (await answered).finished(); }
    });
    await Promise.all([tab.waitForRequest("**/api/configs"), tab.goto(manager.url + "/?token=" + manager.token, { waitUntil: "commit" })]);
    await tab.locator("#tab-sync").click();
    loaded();
    await tab.getByRole("button", { name: "Sync now", exact: true }).waitFor();
    await tab.getByText("Looked").waitFor();
    assert.equal(await tab.getByRole("alert").count(), 0);
    await tab.unrouteAll({ behavior: "wait" });
    await tab.close();
  },
  async "undo after a sync gives each side its own back"() {
    const connect = (machine) => machine.edit((document) => { document.settings = { s3Sync: { ...heron.read().settings.s3Sync, key: "undo.json", autoUpload: true, autoDownload: true } }; });
    const [owl, wren] = [world.machine("owl", [{ name: "production", model: "a" }, { name: "staging", model: "b" }]), world.machine("wren", [{ name: "home", model: "c" }])];
    [owl, wren].forEach(connect);
    owl.run("s3-sync", "--auto");
    const { url, token } = await world.manager(wren);
    const other = await browser.newContext({ viewport: { width: 1100, height: 780 } });
    const tab = await other.newPage();
    await tab.goto(url + "/?token=" + token);
    await tab.locator("#tab-sync").click();
    const profiles = (machine) => machine.read().configs.map(({ name }) => name);
    const choices = [["Keep both", /^Kept all 3 profiles/, "wide"], [/^Take the bucket's: removes home/, /^Downloaded 2 profiles: home removed/, "phone"],
      [/^Replace the bucket's: removes production, staging/, /^Uploaded 1 profile/]];
    for (const [choice, message, picture] of choices) {
      await tab.getByRole("button", { name: "Sync now", exact: true }).click();
      await tab.locator("dialog").getByRole("button", { name: choice }).click();
      const told = tab.locator(".toast", { hasText: message }).last();
      await told.waitFor();
      assert.ok(!(await told.innerText()).includes("s3-restore"), "a button in place of the command");
      if (picture === "phone") await tab.setViewportSize({ width: 360, height: 740 });
      if (picture) await tab.screenshot({ path: join(screenshots, `undo-${picture}.png`) });
      await tab.setViewportSize({ width: 1100, height: 780 });
      await told.getByRole("button", { name: "Undo" }).click();
      const restored = tab.locator(".toast", { hasText: /^Restored / }).last();
      await restored.getByRole("button", { name: "Dismiss" }).click();
      await restored.waitFor({ state: "detached" });
      await tab.getByText("Both sides changed. Sync now shows the differences and asks.").waitFor();
      assert.deepEqual(profiles(wren), ["home"], choice);
      owl.run("s3-sync", "--auto");
      assert.deepEqual(profiles(owl), ["production", "staging"], choice);
    }
    await tab.locator("#tab-profiles").click();
    await tab.waitForSelector(".profile");
    assert.deepEqual(await tab.locator(".profile .name").evaluateAll((all) => all.map((each) => each.firstChild.textContent)), ["home"]);
    await other.close();
  },
  async "undo takes back what the page brought in when it opened"() {
    const [owl, wren] = [world.machine("owl-2", [{ name: "production", model: "a" }, { name: "staging", model: "b" }]), world.machine("wren-2")];
    owl.edit((document) => { document.settings = { s3Sync: { ...heron.read().settings.s3Sync, key: "opening.json" } }; });
    wren.write(owl.read());
    [owl, wren].forEach((machine) => machine.age(120));
    [owl, wren].forEach((machine) => machine.run("s3-sync"));
    owl.edit((document) => { document.configs.pop(); });
    owl.run("s3-sync");
    wren.edit((document) => { document.settings.s3Sync.autoDownload = true; });
    wren.age(120);
    const { url, token } = await world.manager(wren);
    const other = await browser.newContext({ viewport: { width: 1100, height: 780 } });
    const tab = await other.newPage();
    await tab.goto(url + "/?token=" + token);
    const banner = tab.locator("#banner", { hasText: "downloaded 1 profile: staging removed" });
    await banner.waitFor();
    assert.ok(!(await banner.innerText()).includes("s3-restore"));
    await tab.screenshot({ path: join(screenshots, "undo-opening.png") });
    await tab.setViewportSize({ width: 360, height: 740 });
    await tab.screenshot({ path: join(screenshots, "undo-opening-phone.png") });
    await banner.getByRole("button", { name: "Undo" }).click();
    await tab.locator(".toast", { hasText: "Restored 2 profiles and uploaded them: staging added." }).waitFor();
    await tab.locator("#banner .note").waitFor({ state: "detached" });
    await tab.locator(".profile", { hasText: "staging" }).waitFor();
    owl.run("s3-sync");
    for (const machine of [wren, owl]) assert.deepEqual(machine.read().configs.map(({ name }) => name), ["production", "staging"]);
    await other.close();
  },
  async "by keyboard alone: to a profile, its name, and saved"() {
    await section("profiles");
    await page.waitForSelector(".profile");
    await button("Edit staging").focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    for (let i = 0; i < 30; ++i) {
      if (await label("Model").evaluate((each) => each === document.activeElement)) break;
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Control+A");
    await page.keyboard.type("typed");
    await page.keyboard.press("Enter");
    await toast("Saved staging");
    assert.equal(named("staging").model, "typed");
  },
  async "it fits a phone of 360 px"() {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const name of ["profiles", "sync", "settings"]) {
      await section(name);
      await page.waitForSelector("h1");
      await narrow(name);
      await audit(name + ", phone");
      if (name === "profiles") await shot("phone");
    }
    await section("profiles");
    await button("Add profile").click();
    await narrow("the form");
    await page.keyboard.press("Escape");
  },
};

let failed = 0;
try {
  manager = await world.manager(heron);
  for (const [name, step] of Object.entries(steps)) {
    const began = Date.now();
    try {
      await step();
      assert.deepEqual(complaints.splice(0), [], "the console");
      console.log(`ok   ${name} (${Date.now() - began} ms)`);
    } catch (error) {
      failed = 1;
      console.log(`FAIL ${name}\n${error.stack}`);
      await shot("failed").catch(() => {});
      break;
    }
  }
  assert.deepEqual(elsewhere, [], "requests to elsewhere");
} finally {
  await browser.close();
  world.end();
}
process.exit(failed);
