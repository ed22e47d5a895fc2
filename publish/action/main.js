'use strict';
// Obtains the job's credential once, publishes it for all later steps, and leaves a process behind that keeps it fresh. What
// was begun here, post.js takes back.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const release = require('./release');
const runner = require('./runner');

const LONGEST_CALL = 5 * 60 * 1000;

/** Inputs, the variables in which the broker looks for them, and their names in its status. */
const IDS = [
  ['federation-rule-id', 'ANTHROPIC_FEDERATION_RULE_ID', 'federation_rule_id'],
  ['organization-id', 'ANTHROPIC_ORGANIZATION_ID', 'organization_id'],
  ['service-account-id', 'ANTHROPIC_SERVICE_ACCOUNT_ID', 'service_account_id'],
  ['workspace-id', 'ANTHROPIC_WORKSPACE_ID', 'workspace_id'],
];

/** What an earlier step may have exported. It must not decide who asks now. */
const EXPORTED = ['ANTHROPIC_CONFIG_DIR', 'ANTHROPIC_PROFILE', 'AOTBROKER_PROFILE', 'AOTBROKER_EXEC_DIR'];

function main() {
  const ids = IDS.map(([name, variable, member]) => ({ name, variable, member, value: runner.input(name) })).filter((id) => id.value);
  const profileFile = runner.input('profile-file');
  const names = list(runner.input('with'));
  if (!hasIdentity(profileFile)) {
    const why = 'this job has no identity token: give it `permissions: id-token: write`. A pull request from a fork never gets one';
    if (runner.input('required') !== 'false') {
      throw new Error(why);
    }
    runner.setOutput('available', 'false');
    runner.notice(`${why}. Later steps have no credential`);
    runner.summary('AotBroker: no credential, because the job has no identity token.');
    return;
  }

  // A directory of this use alone. The runner empties its parent before another job, whatever becomes of this one.
  const home = fs.mkdtempSync(path.join(process.env.RUNNER_TEMP || os.tmpdir(), 'aotbroker-'));
  runner.saveState('home', home);
  const program = programOf(home);
  const environment = environmentOf(home, ids, profileFile, names);
  const broker = (words, options) => call(program, words, { env: environment, ...options });

  const profile = profileFile ? ['--profile', profileName(profileFile)] : [];
  requireAgreement(ids, statusOf(broker(['status', '--json', ...profile], { mayFail: true, isQuiet: true })));
  const ready = keep(broker, home, profile);
  requirePublished(ready);
  for (const name of names) {
    broker(['get', '--profile', profileName(name), '--format', 'github-env']);
  }

  for (const name of ['AOTBROKER_CACHE_DIR', 'AOTBROKER_CONFIG_DIR']) {
    if (environment[name] !== process.env[name]) {
      runner.exportVariable(name, environment[name]);
    }
  }
  runner.addPath(path.dirname(program));
  runner.setOutput('available', 'true');
  runner.setOutput('config-dir', ready.variables.ANTHROPIC_CONFIG_DIR);
  runner.setOutput('profile', ready.variables.ANTHROPIC_PROFILE);
  runner.setOutput('expires-at', ready.expires_at ?? '');
  warnOfOthers(broker, ready);
  warnOfOtherSteps(ids);
  const others = names.length > 0 ? `, and ${names.map(profileName).join(', ')} in variables` : '';
  runner.summary(`AotBroker: one credential of profile \`${ready.profile}\`${describe(ids)} for all later steps, kept fresh until the job ends${others}.`);
}

/** With a profile file, the identity may come from anywhere: the broker will say what is missing. */
function hasIdentity(profileFile) {
  return profileFile || ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ANTHROPIC_IDENTITY_TOKEN_FILE', 'ANTHROPIC_IDENTITY_TOKEN'].some((name) => process.env[name]);
}

function programOf(home) {
  const named = runner.input('binary');
  const directory = path.join(home, 'bin');
  fs.mkdirSync(directory);
  if (!named) {
    return release.obtain(
      { version: runner.input('version'), url: runner.input('release-url'), sha256: runner.input('sha256').toLowerCase().split(/\s+/).filter(Boolean) },
      directory,
    );
  }
  const places = named.includes('/') ? [path.resolve(named)] : (process.env.PATH || '').split(':').filter(Boolean).map((place) => path.join(place, named));
  const found = places.find((place) => fs.existsSync(place));
  if (!found) {
    throw new Error(`there is no ${named}`);
  }
  // Later steps call it by this name.
  const link = path.join(directory, 'aotbroker');
  fs.symlinkSync(found, link);
  return link;
}

/** The broker's own variables: a cache of this job's, and who asks. */
function environmentOf(home, ids, profileFile, names) {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(INPUT|STATE)_/.test(name)));
  if (ids.length > 0 || profileFile) {
    EXPORTED.forEach((name) => delete environment[name]);
  }
  if (!profileFile) {
    ids.forEach((id) => { environment[id.variable] = id.value; });
  }
  environment.AOTBROKER_CACHE_DIR = path.join(home, 'cache');
  const files = [profileFile, ...names].filter(Boolean).map((name) => [profileName(name), fileOf(name)]).filter(([, file]) => file);
  if (files.length > 0) {
    const profiles = path.join(home, 'config/profiles');
    fs.mkdirSync(profiles, { recursive: true, mode: 0o700 });
    files.forEach(([name, file]) => fs.writeFileSync(path.join(profiles, `${name}.json`), fs.readFileSync(file), { mode: 0o600 }));
    environment.AOTBROKER_CONFIG_DIR = path.join(home, 'config');
  }
  return environment;
}

/** The file of a profile; a name is looked for where people put the profiles of a repository, and where the broker looks. */
function fileOf(name) {
  if (isPath(name)) {
    if (!fs.existsSync(name)) {
      throw new Error(`there is no ${name}: is the repository checked out before this step?`);
    }
    return name;
  }
  const user = process.env.AOTBROKER_CONFIG_DIR || path.join(process.env.XDG_CONFIG_HOME || path.join(os.homedir(), '.config'), 'aotbroker');
  const places = [path.join('.github/aotbroker', `${name}.json`), path.join(user, 'profiles', `${name}.json`), `/etc/aotbroker/profiles/${name}.json`];
  return places.find((place) => fs.existsSync(place));
}

const isPath = (name) => name.includes('/') || name.endsWith('.json');

const profileName = (name) => path.basename(name, '.json');

const list = (text) => text.split(/[\s,]+/).filter(Boolean);

function statusOf(result) {
  const status = result.stdout ? JSON.parse(result.stdout) : {};
  if (!status.profile) {
    throw failureOf(result);
  }
  return status;
}

/** Who will be asked for is who was asked for: a variable of the job's, or a file, may say otherwise. */
function requireAgreement(ids, status) {
  const settings = status.profile?.settings ?? {};
  for (const id of ids) {
    const found = settings[id.member];
    if (found?.value !== id.value) {
      throw new Error(`${id.name} is ${id.value}, but ${found ? `${found.origin} says ${found.value}` : 'the profile names none'}`);
    }
  }
}

/** Starts the process that stays, which says that everything is there. */
function keep(broker, home, profile) {
  const log = path.join(home, 'keep.log');
  const { stdout } = broker(['keep', '--publish', path.join(home, 'anthropic'), '--detach', '--log', log, '--github-env', '--json', ...profile]);
  const ready = JSON.parse(stdout);
  runner.saveState('process', ready.process_id);
  return ready;
}

/** Later steps find what the process says, and no other user can read it. */
function requirePublished(ready) {
  const { ANTHROPIC_CONFIG_DIR: directory, ANTHROPIC_PROFILE: profile } = ready.variables;
  const file = path.join(directory, 'credentials', `${profile}.json`);
  const { access_token: token } = JSON.parse(fs.readFileSync(file, 'utf8'));
  runner.mask(token);
  if (fs.readFileSync(path.join(directory, 'active_config'), 'utf8').trim() !== profile || (fs.statSync(file).mode & 0o077) !== 0) {
    throw new Error(`${directory} is not what was published`);
  }
}

/**
 * Steps that ask for another account than this one get this one all the same: clients prefer what is exported. What such a
 * step says is in the workflow's file, if the repository is checked out.
 */
function warnOfOtherSteps(ids) {
  const file = /^[^/]+\/[^/]+\/([^@]+)@/.exec(process.env.GITHUB_WORKFLOW_REF || '')?.[1];
  const text = file && fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  const lines = ofJob(text.split('\n'), process.env.GITHUB_JOB);
  for (const { name, variable, value } of ids) {
    for (const line of lines) {
      const said = new RegExp(`^\\s*${variable}:\\s*['"]?([A-Za-z0-9_-]+)['"]?\\s*(#.*)?$`, 'i').exec(line)?.[1];
      if (said && said !== value) {
        runner.warning(`a step of this job says ${variable.toLowerCase()}: ${said}, and would get the credential of ${name} ${value}`);
      }
    }
  }
}

/** The lines of a workflow that are one job's. */
function ofJob(lines, job) {
  const first = lines.findIndex((line) => line.trim().replace(/['"]/g, '') === `${job}:` && line.startsWith(' '));
  if (first < 0) {
    return [];
  }
  const indent = lines[first].search(/\S/);
  const length = lines.slice(first + 1).findIndex((line) => line.trim() !== '' && line.search(/\S/) <= indent);
  return lines.slice(first + 1, length < 0 ? undefined : first + 1 + length);
}

/** A key that was forgotten in the job's variables or in settings comes before what was exported. */
function warnOfOthers(broker, ready) {
  const { stdout } = broker(['status', '--json'], { env: { ...process.env, ...ready.variables }, mayFail: true, isQuiet: true });
  for (const { client, source, reason } of JSON.parse(stdout).clients) {
    if (!source.endsWith(`"${ready.profile}"`)) {
      runner.warning(`${client} would use ${source} instead of this credential: ${reason}`);
    }
  }
}

function describe(ids) {
  return ids.length > 0 ? ` (${ids.map((id) => `${id.name} \`${id.value}\``).join(', ')})` : '';
}

function call(program, words, { env, mayFail = false, isQuiet = false }) {
  const result = spawnSync(program, words, { env, encoding: 'utf8', timeout: LONGEST_CALL, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 16 << 20 });
  if (result.error) {
    throw new Error(`${program} cannot be run: ${result.error.message}`);
  }
  if (!isQuiet && result.stderr) {
    runner.quote(result.stderr);
  }
  if (result.status !== 0 && !mayFail) {
    throw failureOf(result);
  }
  // Masks are among what `get` prints for the runner.
  result.stdout.split('\n').filter((line) => line.startsWith('::add-mask::')).forEach((line) => process.stdout.write(`${line}\n`));
  return result;
}

/** The broker's error with its hints, in one annotation. */
function failureOf(result) {
  const lines = result.stderr.split('\n').filter((line) => /^aotbroker: (error|hint)/.test(line)).map((line) => line.replace(/^aotbroker: /, ''));
  return new Error(lines.length > 0 ? lines.join('\n') : `aotbroker ended with ${result.status ?? result.signal}`);
}

try {
  main();
} catch (error) {
  runner.error(error.message);
  process.exitCode = 1;
}
