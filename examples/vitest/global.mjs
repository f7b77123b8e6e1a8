// Starts one stand-in for the whole run of Vitest: vitest.config.mjs names this file as its globalSetup.
//
// ROSTER names the roster binary; it is looked for on the PATH unless given.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

// setup starts the stand-in before the first test and ends it after the last one.
export async function setup({ provide }) {
  const folder = await mkdtemp(join(tmpdir(), "roster-"));
  const file = join(folder, "ready.json");
  const server = spawn(process.env.ROSTER ?? "roster", ["dev", "--listen", "127.0.0.1:0", "--ready-file", file], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = new Promise((resolve) => server.once("exit", resolve).once("error", resolve));
  let gone = false;
  ended.then(() => (gone = true));
  let ready;
  while (!ready) {
    if (gone) throw new Error("roster dev ended before it was ready");
    await pause(20);
    ready = await readFile(file, "utf8").then(JSON.parse, () => undefined);
  }
  provide("roster", ready.url);
  return async () => {
    server.kill();
    await ended;
    await rm(folder, { recursive: true });
  };
}
