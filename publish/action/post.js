'use strict';
// Takes everything back that main.js left, and shows what the process that stayed has said. Whatever goes wrong here, the job
// was good or bad before.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const runner = require('./runner');

const LONGEST_END = 10_000;
const LONGEST_CALL = 60_000;

function post() {
  const home = runner.state('home');
  if (!home) {
    return;
  }
  attempt(() => end(Number(runner.state('process')), home));
  attempt(() => show(path.join(home, 'keep.log')));
  attempt(() => revoke(home));
  attempt(() => fs.rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
}

function attempt(action) {
  try {
    action();
  } catch (error) {
    process.stdout.write(`${error.message}\n`);
  }
}

/** It is asked to take back what it published; where it does not, it is killed, and the directory is removed anyway. */
function end(saved, home) {
  const isThere = (id) => isOurs(id, home);
  const ids = [...new Set([saved, ...processes()])].filter(isThere);
  ids.forEach((id) => signal(id, 'SIGTERM'));
  for (const until = Date.now() + LONGEST_END; ids.some(isThere) && Date.now() < until;) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  ids.filter(isThere).forEach((id) => signal(id, 'SIGKILL'));
}

function processes() {
  try {
    return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    return [];
  }
}

/** An id may be another process's by now: its arguments tell. What has ended, and waits for a parent to notice, has none. */
function isOurs(id, home) {
  if (!id || id === process.pid) {
    return false;
  }
  let words;
  if (fs.existsSync('/proc/self/cmdline')) {
    try {
      words = fs.readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
    } catch {
      return false;
    }
  } else {
    words = spawnSync('ps', ['-o', 'args=', '-p', String(id)], { encoding: 'utf8' }).stdout.split(' ');
  }
  return words.includes('keep') && words.some((word) => word.trim() === path.join(home, 'anthropic'));
}

function signal(id, name) {
  try {
    process.kill(id, name);
  } catch {
    // It has just ended.
  }
}

function show(log) {
  const text = fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : '';
  if (text) {
    runner.group('What aotbroker keep said');
    runner.quote(text);
    runner.endGroup();
  }
}

/** Services that can revoke their credentials do so now. */
function revoke(home) {
  const names = runner.input('with').split(/[\s,]+/).filter(Boolean);
  for (const name of names) {
    const result = spawnSync(path.join(home, 'bin/aotbroker'), ['clear', '--revoke', '--profile', path.basename(name, '.json')], {
      env: process.env,
      encoding: 'utf8',
      timeout: LONGEST_CALL,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    runner.quote(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  }
}

post();
