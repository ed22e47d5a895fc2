'use strict';
// How an action talks with its runner: variables, files that it appends to, and commands on standard output.

const crypto = require('node:crypto');
const fs = require('node:fs');

function input(name) {
  return (process.env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] || '').trim();
}

/** Appends NAME and VALUE to the file that a variable of the runner's names, between delimiters that the value does not have. */
function append(variable, name, value) {
  const file = process.env[variable];
  if (!file) {
    throw new Error(`${variable} is not set: this only runs as a step of a job`);
  }
  const delimiter = `ghadelimiter_${crypto.randomUUID()}`;
  fs.appendFileSync(file, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

function command(name, message) {
  process.stdout.write(`::${name}::${escaped(message)}\n`);
}

function escaped(text) {
  return String(text).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

/** Prints what another program wrote. Nothing in it is a command to the runner. */
function quote(text) {
  const word = crypto.randomUUID();
  process.stdout.write(`::stop-commands::${word}\n${text.endsWith('\n') || text === '' ? text : `${text}\n`}::${word}::\n`);
}

module.exports = {
  input,
  quote,
  saveState: (name, value) => append('GITHUB_STATE', name, value),
  state: (name) => process.env[`STATE_${name}`] || '',
  setOutput: (name, value) => append('GITHUB_OUTPUT', name, value),
  exportVariable: (name, value) => append('GITHUB_ENV', name, value),
  addPath: (directory) => fs.appendFileSync(process.env.GITHUB_PATH, `${directory}\n`),
  mask: (secret) => command('add-mask', secret),
  notice: (message) => command('notice', message),
  warning: (message) => command('warning', message),
  error: (message) => command('error', message),
  group: (title) => command('group', title),
  endGroup: () => command('endgroup', ''),
  /** A line of the step's summary; not every runner shows one. */
  summary: (line) => {
    if (process.env.GITHUB_STEP_SUMMARY) {
      fs.appendFileSync(process.env.GITHUB_STEP_SUMMARY, `${line}\n`);
    }
  },
};
