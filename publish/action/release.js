'use strict';
// The program of a release: downloaded once for each runner, and verified each time.

const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

const SUMS = 'SHA256SUMS';
const LARGEST_FILE = 64 << 20;
const LARGEST_PROGRAM = 256 << 20;

/** The version that this copy of the action belongs to. */
function ownVersion() {
  const properties = fs.readFileSync(path.join(__dirname, '../../Directory.Build.props'), 'utf8');
  return /<Version>(.+)<\/Version>/.exec(properties)[1];
}

function platform() {
  const names = { 'linux-x64': 'linux-x64', 'linux-arm64': 'linux-arm64', 'darwin-arm64': 'osx-arm64' };
  const found = names[`${process.platform}-${process.arch}`];
  if (!found) {
    throw new Error(`there is no aotbroker for ${process.platform} on ${process.arch}`);
  }
  return found;
}

/** Where the files of a release are. */
function address(url, version) {
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository } = process.env;
  if (!url && !(server && repository)) {
    throw new Error('the action was not loaded from a repository, so it has no releases: set release-url or binary');
  }
  const place = (url || `${server}/${repository}/releases/download/v{version}`).replaceAll('{version}', version).replace(/^file:\/\//, '').replace(/\/$/, '');
  if (/^[a-z+]+:\/\//i.test(place) && !place.startsWith('https://')) {
    throw new Error('release-url must begin with https://: what is downloaded without TLS can be replaced on the way, and its checksum too');
  }
  return place;
}

/**
 * Puts the program of a release into a directory.
 * @param {{version: string, url: string, sha256: string[]}} wanted what the inputs say
 * @param {string} directory a private one
 * @returns {string} the program's path
 */
function obtain(wanted, directory) {
  const version = (wanted.version || ownVersion()).replace(/^v/, '');
  if (!/^[0-9A-Za-z][0-9A-Za-z.+-]*$/.test(version)) {
    throw new Error(`${version} is not a version: it looks like 1.2.3`);
  }
  const name = `aotbroker-${version}-${platform()}`;
  const fetch = (file) => read(address(wanted.url, version), file, directory);
  // What is kept is the archive: it can be verified again, whatever other jobs of this machine did to it.
  const kept = process.env.RUNNER_TOOL_CACHE ? path.join(process.env.RUNNER_TOOL_CACHE, 'aotbroker', version, platform()) : '';
  const expected = (sums) => (wanted.sha256.length > 0 ? wanted.sha256 : digests(sums, `${name}.tar.gz`));

  let archive = readIfThere(kept, `${name}.tar.gz`);
  let sums = readIfThere(kept, SUMS);
  if (!archive || (!sums && wanted.sha256.length === 0) || !expected(sums).includes(sha256(archive))) {
    sums = wanted.sha256.length > 0 ? undefined : fetch(SUMS);
    archive = fetch(`${name}.tar.gz`);
    const actual = sha256(archive);
    if (!expected(sums).includes(actual)) {
      throw new Error(`${name}.tar.gz does not match ${sums ? SUMS : 'sha256'}: its checksum is ${actual}`);
    }
    keep(kept, { [`${name}.tar.gz`]: archive, [SUMS]: sums });
  }

  const program = path.join(directory, 'aotbroker');
  fs.writeFileSync(program, unpack(archive, `${name}/aotbroker`), { mode: 0o755 });
  return program;
}

function digests(sums, name) {
  const found = sums.toString('utf8').split('\n').map((line) => /^([0-9a-f]{64}) [ *](.+)$/.exec(line)).filter((line) => line && line[2] === name);
  if (found.length === 0) {
    throw new Error(`the release has no ${name}`);
  }
  return found.map((line) => line[1]);
}

const sha256 = (content) => crypto.createHash('sha256').update(content).digest('hex');

function readIfThere(directory, file) {
  try {
    return directory ? fs.readFileSync(path.join(directory, file)) : undefined;
  } catch {
    return undefined;
  }
}

/** For the next job. Where that is not possible, it downloads again. */
function keep(directory, files) {
  if (!directory) {
    return;
  }
  try {
    fs.mkdirSync(directory, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      if (content) {
        const temporary = path.join(directory, `.${crypto.randomUUID()}`);
        fs.writeFileSync(temporary, content);
        fs.renameSync(temporary, path.join(directory, name));
      }
    }
  } catch (error) {
    process.stdout.write(`not kept for other jobs: ${error.message}\n`);
  }
}

/** A regular file of a tar archive with gzip. Images of jobs need not have tar. */
function unpack(archive, wanted) {
  const tar = zlib.gunzipSync(archive, { maxOutputLength: LARGEST_PROGRAM });
  const text = (start, length) => tar.toString('latin1', start, start + length).split('\0')[0];
  for (let at = 0; at + 512 <= tar.length;) {
    const size = parseInt(text(at + 124, 12).trim() || '0', 8);
    const name = text(at + 345, 155) ? `${text(at + 345, 155)}/${text(at, 100)}` : text(at, 100);
    if (!Number.isSafeInteger(size) || size < 0) {
      break;
    }
    if (name === wanted && ['0', ''].includes(text(at + 156, 1))) {
      return tar.subarray(at + 512, at + 512 + size);
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`the archive does not contain ${wanted}`);
}

/** A file of a release. */
function read(place, file, directory) {
  if (!place.startsWith('https://')) {
    return fs.readFileSync(path.join(place, file));
  }
  // In a process of its own, because Node looks at proxies' variables only when it starts.
  const target = path.join(directory, `.${file}`);
  const { status } = spawnSync(process.execPath, [__filename, `${place}/${file}`, target], {
    env: { ...process.env, NODE_USE_ENV_PROXY: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    throw new Error(`${place}/${file} cannot be downloaded`);
  }
  const content = fs.readFileSync(target);
  fs.rmSync(target);
  return content;
}

async function download(url, target) {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
      if (!response.url.startsWith('https://')) {
        throw new Error(`${new URL(response.url).origin} is refused: it does not use TLS`);
      }
      if (!response.ok) {
        throw Object.assign(new Error(`status ${response.status}`), { isFinal: response.status < 500 && response.status !== 429 });
      }
      const content = Buffer.from(await response.arrayBuffer());
      if (content.length > LARGEST_FILE) {
        throw Object.assign(new Error('it is too large'), { isFinal: true });
      }
      fs.writeFileSync(target, content);
      return;
    } catch (error) {
      process.stdout.write(`${url}: ${error.message}${error.cause ? ` (${error.cause.message})` : ''}\n`);
      if (error.isFinal || attempt === 3) {
        process.exitCode = 1;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
    }
  }
}

if (require.main === module) {
  download(process.argv[2], process.argv[3]);
}

module.exports = { obtain };
