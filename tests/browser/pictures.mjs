// Takes the pictures of the manager's page that the README shows.
//
//   node pictures.mjs BINARY MODULES FOLDER
//
// The same machines and server as in page_test.mjs, with contents that look like somebody's.

import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { World } from "./machines.mjs";

const [binary, modules, folder] = process.argv.slice(2);
const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");
mkdirSync(folder, { recursive: true });

const world = await World.make(binary);
const [fast, slow, broken] = [await world.api(200, 40), await world.api(200, 180), await world.api(503)];
const heron = world.machine("heron", [
  { name: "production", baseUrl: fast.url, apiKey: "sk-ant-0123456789abcdef9f2c", model: "claude-sonnet-4-5", isDefault: true, order: 1 },
  { name: "team proxy", baseUrl: slow.url, authToken: "tok-0123456789abcdef77d0", model: "claude-opus-4-5", order: 2, env: { DEBUG: "1" } },
  { name: "spare", baseUrl: broken.url, apiKey: "sk-ant-0123456789abcdefe81b", model: "claude-sonnet-4-5", order: 3 },
  { name: "local model", baseUrl: "http://127.0.0.1:8080", apiKey: "none-needed-0000", model: "qwen3-coder", enabled: false, order: 4 },
]);
heron.setUp();
const lark = world.machine("lark");
lark.setUp();

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1100, height: 780 } });
const shot = (name) => page.screenshot({ path: join(folder, `manager-${name}.png`) });
const button = (name) => page.getByRole("button", { name, exact: true });
const turn = () => button("Switch between light and dark").click();

try {
  const manager = await world.manager(heron);
  await page.goto(manager.url + "/?token=" + manager.token);
  await button("Dismiss").click();
  await page.getByText("In sync, edited").waitFor();
  await shot("light");
  await page.setViewportSize({ width: 360, height: 740 });
  await shot("phone");
  await page.setViewportSize({ width: 1100, height: 780 });

  const balance = await world.balance(heron, "--strategy", "polling", "production", "team proxy", "spare");
  for (let i = 0; i < 12; ++i) await balance.message();
  await page.getByText("Left alone until").waitFor();
  await page.getByRole("row", { name: /^team proxy/ }).getByText("6 samples").waitFor();
  await shot("balance");
  await turn();
  await shot("dark");
  await turn();
  balance.child.kill();

  const model = (machine, name, value) => machine.edit((document) => { document.configs.find((each) => each.name === name).model = value; });
  model(heron, "production", "claude-opus-4-5");
  heron.age(26 * 60);
  model(lark, "production", "claude-haiku-4-5");
  lark.run("s3-upload", "--force");
  await page.locator("#tab-sync").click();
  await button("Sync now").click();
  await page.getByRole("heading", { name: "Both sides changed the same fields" }).waitFor();
  await shot("conflict");
} finally {
  await browser.close();
  world.end();
}
process.exit(0);
