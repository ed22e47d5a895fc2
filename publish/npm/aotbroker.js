#!/usr/bin/env node
"use strict";
// Becomes the program of this platform's package. Where Node cannot replace itself by it (process.execve, since 22.15),
// it starts it, and hands on signals and how it ended.
const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const name = `@aotbroker/${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${name}/bin/aotbroker`);
} catch {
  console.error(`aotbroker: the package ${name} is not installed: either there is none for this platform, or optional dependencies were left out (npm install --include=optional)`);
  process.exit(1);
}
const args = process.argv.slice(2);
if (typeof process.execve === "function") {
  process.removeAllListeners("warning");
  process.on("warning", () => {}); // that it is experimental
  try {
    process.execve(program, [program, ...args], process.env);
  } catch {
    // As below.
  }
}
const child = spawn(program, args, { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"]) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  console.error(`aotbroker: ${program} cannot be run: ${error.code}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (signal === null) {
    process.exit(code);
  }
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Where the signal does not end this process: as a shell says it.
  setTimeout(() => process.exit(128 + constants.signals[signal]), 1000);
});
