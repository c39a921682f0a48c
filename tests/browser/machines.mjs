// Machines with a HOME of their own, an S3 server between them, and the manager of one of them.

import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const accessKeyId = "AKIAIOSFODNN7EXAMPLE";
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/** Starts a program; resolves with {child, match} once its output matches, rejects if it ends. */
function start(command, args, options, pattern) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    let output = "";
    const hear = (data) => {
      output += data;
      const match = output.match(pattern);
      if (match) resolve({ child, match, output: () => output });
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (code) => reject(new Error(`${args[0]} ended with ${code}: ${output}`)));
  });
}

export class World {
  static async make(binary, environment) {
    const world = new World();
    world.binary = binary;
    world.folder = mkdtempSync(join(tmpdir(), "manager-"));
    world.children = [];
    world.servers = [];
    world.bucket = "manager-" + process.pid + "-" + Date.now().toString(36);
    if (environment) {
      const values = Object.fromEntries(readFileSync(environment, "utf8").split("\n").map((line) => line.split("=")));
      world.endpoint = values.S3_ENDPOINT;
    } else {
      writeFileSync(join(world.folder, "secret"), secretAccessKey);
      const { child, match } = await start(binary, ["s3-serve", "--dir", join(world.folder, "s3"), "--port", "0", "--access-key-id", accessKeyId,
        "--secret-access-key-file", join(world.folder, "secret")], { env: { HOME: world.folder } }, /at (http:\S+);/);
      world.children.push(child);
      world.endpoint = match[1];
    }
    return world;
  }

  machine(name, configs) {
    const home = join(this.folder, name);
    mkdirSync(join(home, ".start-claude"), { recursive: true, mode: 0o700 });
    const machine = { name, home, file: join(home, ".start-claude/config.json"), env: { HOME: home, PATH: process.env.PATH, START_CLAUDE_HOST: name } };
    machine.read = () => JSON.parse(readFileSync(machine.file, "utf8"));
    machine.text = () => readFileSync(machine.file, "utf8");
    machine.write = (document) => writeFileSync(machine.file, JSON.stringify(document, null, 2), { mode: 0o600 });
    machine.edit = (change) => { const document = machine.read(); change(document); machine.write(document); };
    machine.age = (seconds) => { const time = Date.now() / 1000 - seconds; utimesSync(machine.file, time, time); };
    machine.run = (...args) => execFileSync(this.binary, args, { env: machine.env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    machine.setUp = () => {
      writeFileSync(join(home, "secret"), secretAccessKey);
      machine.run("s3-setup", "--no-input", "--service", "custom", "--endpoint", this.endpoint, "--bucket", this.bucket, "--region", "us-east-1",
        "--access-key-id", accessKeyId, "--secret-access-key-file", join(home, "secret"), "--create-bucket");
    };
    if (configs) machine.write({ version: 1, configs });
    return machine;
  }

  async manager(machine, ...more) {
    const started = await start(this.binary, ["manager", "--port", "0", "--no-open", ...more], { env: machine.env }, /(http:\S+?)\/\?token=(\w+)/);
    this.children.push(started.child);
    return { url: started.match[1], token: started.match[2], child: started.child, output: started.output };
  }

  /** A server of the Anthropic API that answers every request with `status`, which can be changed, after that long. */
  async api(status = 200, ms = 0) {
    const api = { status };
    const server = createServer((request, response) => {
      request.resume().on("end", () => setTimeout(() => response.writeHead(api.status, { "Content-Type": "application/json" }).end("{}"), ms));
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.servers.push(server);
    api.url = "http://127.0.0.1:" + server.address().port;
    return api;
  }

  /** `balance` with those arguments, such as names of profiles, and what sends a message through it. */
  async balance(machine, ...args) {
    const started = await start(this.binary, ["balance", "--port", "0", ...args], { env: machine.env }, /BASE_URL=(http:\S+)\s[^]*AUTH_TOKEN=(\w+)/);
    this.children.push(started.child);
    const [, url, token] = started.match;
    const message = async () => (await fetch(url + "/v1/messages", { method: "POST", headers: { "x-api-key": token }, body: "{}" })).status;
    return { url, token, child: started.child, message };
  }

  end() {
    for (const server of this.servers) server.close();
    for (const child of this.children) child.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const credentials = { accessKeyId, secretAccessKey };
