'use strict';
// A stand-in for the worker of GitHub's runner: it runs the steps of one job as actions/runner does, as far as steps can
// tell, and writes down what became of them.
//   node worker.js JOB.json RESULT.json
// JOB     { temp, workspace, toolCache, env, container, steps: [{ name, uses, with, run, env, if }] }
// RESULT  { conclusion, steps: [{ name, stage, outcome, log, annotations, heldOpen, summary, outputs }], orphans, environment }

const { spawn, spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

// As long as the runner waits for a step's output when its process has ended (Runner.Sdk/ProcessInvoker.cs).
const STREAM_PATIENCE = 5000;
const FILES = ['GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'];

const job = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const tracking = `github_${crypto.randomUUID()}`;
const exported = {};
const paths = [];
const masks = [];
const results = [];
let isGood = true;
let container;

process.title = 'Runner.Worker';

/** As much of YAML as action.yml uses: maps, two blanks for each level, one line for each value. */
function readAction(directory) {
  const root = {};
  const open = [root];
  for (const line of fs.readFileSync(path.join(directory, 'action.yml'), 'utf8').split('\n')) {
    const member = /^((?: {2})*)([a-z0-9-]+):(?: (.*))?$/.exec(line);
    if (line.trim() === '') {
      continue;
    }
    if (!member) {
      throw new Error(`not understood: ${line}`);
    }
    const depth = member[1].length / 2;
    const value = member[3] === undefined ? {} : member[3].replace(/^'(.*)'$/, '$1');
    open[depth][member[2]] = value;
    open[depth + 1] = value;
  }
  return root;
}

/** NAME=VALUE lines, and values between delimiters. */
function readPairs(file) {
  const pairs = {};
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  for (let i = 0; i < lines.length; i++) {
    const [equals, delimited] = [lines[i].indexOf('='), lines[i].indexOf('<<')];
    if (equals >= 0 && (delimited < 0 || equals < delimited)) {
      pairs[lines[i].slice(0, equals)] = lines[i].slice(equals + 1);
    } else if (delimited >= 0) {
      const [name, end] = [lines[i].slice(0, delimited), lines.indexOf(lines[i].slice(delimited + 2), i + 1)];
      if (end < 0) {
        throw new Error('a value has no end');
      }
      pairs[name] = lines.slice(i + 1, end).join('\n');
      i = end;
    } else if (lines[i] !== '') {
      throw new Error('a line is no pair');
    }
  }
  return pairs;
}

const unescaped = (text) => text.replace(/%0A/g, '\n').replace(/%0D/g, '\r').replace(/%25/g, '%');

const masked = (line) => masks.reduce((text, secret) => text.replaceAll(secret, '***'), line);

/** What a step wrote, with its commands obeyed. */
function readLog(text, result) {
  let stopped = null;
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const command = /^::([a-z-]+)(?: [^:]*)?::(.*)$/.exec(line);
    if (stopped !== null) {
      if (line === `::${stopped}::`) {
        stopped = null;
      } else {
        result.log.push(masked(line));
      }
    } else if (command?.[1] === 'stop-commands') {
      stopped = command[2];
    } else if (command?.[1] === 'add-mask') {
      unescaped(command[2]).split('\n').filter(Boolean).forEach((secret) => masks.push(secret));
    } else if (command) {
      result.annotations.push(`${command[1]}: ${masked(unescaped(command[2]))}`);
    } else {
      result.log.push(masked(line));
    }
  }
}

/** The variables that each step has, but for its own. */
function common(step) {
  const id = crypto.randomUUID();
  const commands = path.join(job.temp, '_runner_file_commands');
  fs.mkdirSync(commands, { recursive: true });
  const files = Object.fromEntries(FILES.map((name) => [name, path.join(commands, `${name.toLowerCase()}_${id}`)]));
  Object.values(files).forEach((file) => fs.writeFileSync(file, ''));
  const environment = {
    ...job.env,
    ...exported,
    ...step.env,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: job.workspace,
    RUNNER_TEMP: job.temp,
    RUNNER_TOOL_CACHE: job.toolCache,
    ...(container ? {} : { RUNNER_TRACKING_ID: tracking }),
    ...files,
  };
  environment.PATH = [...paths].reverse().concat(job.env.PATH).join(':');
  return { environment, files };
}

/** The step's process: a child of this one, or, in a container, without a parent that it could see. */
function start(command, words, environment) {
  const options = { cwd: job.workspace, env: environment, stdio: ['ignore', 'pipe', 'pipe'] };
  return container ? spawn('nsenter', ['--target', container.pid, '--mount', '--pid', '--', command, ...words], options) : spawn(command, words, options);
}

async function run(step, stage, command, words, more = {}) {
  const { environment, files } = common(step);
  const result = { name: step.name ?? step.uses ?? step.run, stage, log: [], annotations: [], heldOpen: false };
  const child = start(command, words, { ...environment, ...more });
  let output = '';
  child.stdout.on('data', (data) => { output += data; });
  child.stderr.on('data', (data) => { output += data; });
  const closed = new Promise((resolve) => { child.on('close', resolve); });
  const code = await new Promise((resolve, reject) => { child.on('exit', resolve); child.on('error', reject); });
  let timer;
  const patience = new Promise((resolve) => { timer = setTimeout(() => { result.heldOpen = true; resolve(); }, STREAM_PATIENCE); });
  await Promise.race([closed, patience]);
  clearTimeout(timer);
  child.stdout.destroy();
  child.stderr.destroy();
  readLog(output, result);
  Object.assign(exported, readPairs(files.GITHUB_ENV));
  paths.push(...fs.readFileSync(files.GITHUB_PATH, 'utf8').split('\n').filter(Boolean));
  result.outputs = readPairs(files.GITHUB_OUTPUT);
  result.summary = masked(fs.readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'));
  result.state = readPairs(files.GITHUB_STATE);
  result.outcome = code === 0 ? 'success' : 'failure';
  isGood &&= code === 0;
  results.push(result);
  return result;
}

function inputsOf(action, step) {
  const inputs = {};
  for (const [name, input] of Object.entries(action.inputs ?? {})) {
    inputs[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] = step.with?.[name] ?? input.default ?? '';
  }
  return inputs;
}

/** What was left with this job's mark in its variables. */
function killOrphans() {
  const orphans = [];
  for (const id of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      if (fs.readFileSync(`/proc/${id}/environ`, 'utf8').split('\0').includes(`RUNNER_TRACKING_ID=${tracking}`)) {
        orphans.push(fs.readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0').join(' ').trim());
        process.kill(Number(id), 'SIGKILL');
      }
    } catch {
      // It has ended.
    }
  }
  return orphans;
}

/** A container's processes: the first one does not wait for the others, so that those that end stay as zombies. */
function startContainer() {
  const child = spawn('unshare', ['--mount', '--pid', '--fork', '--mount-proc', 'sh', '-c', 'echo; exec tail -f /dev/null'], { stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve) => {
    child.stdout.once('data', () => resolve({ child, pid: fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim() }));
  });
}

async function main() {
  fs.mkdirSync(job.temp, { recursive: true });
  container = job.container ? await startContainer() : undefined;
  const steps = job.steps.map((step) => ({ ...step, action: step.uses && readAction(step.uses) }));
  for (const step of steps.filter((one) => one.action?.runs.pre)) {
    await run(step, 'pre', process.execPath, [path.join(step.uses, step.action.runs.pre)], inputsOf(step.action, step));
  }
  const begun = [];
  for (const step of steps) {
    if (!isGood && step.if !== 'always()') {
      results.push({ name: step.name ?? step.uses ?? step.run, stage: 'main', outcome: 'skipped', log: [], annotations: [] });
    } else if (step.action) {
      const result = await run(step, 'main', process.execPath, [path.join(step.uses, step.action.runs.main)], inputsOf(step.action, step));
      begun.unshift({ ...step, state: result.state });
    } else {
      await run(step, 'main', 'bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', step.run]);
    }
  }
  const conclusion = isGood ? 'success' : 'failure';
  for (const step of begun.filter((one) => one.action.runs.post)) {
    const state = Object.fromEntries(Object.entries(step.state).map(([name, value]) => [`STATE_${name}`, value]));
    await run(step, 'post', process.execPath, [path.join(step.uses, step.action.runs.post)], { ...inputsOf(step.action, step), ...state });
  }
  const orphans = killOrphans();
  if (container) {
    spawnSync('kill', ['-9', container.pid]);
    await new Promise((resolve) => { container.child.on('exit', resolve); });
  }
  fs.rmSync(path.join(job.temp, '_runner_file_commands'), { recursive: true, force: true });
  fs.writeFileSync(process.argv[3], JSON.stringify({ conclusion: isGood ? conclusion : 'failure', steps: results, orphans, environment: exported }));
}

main();
