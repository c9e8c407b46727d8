// Starts every npm script, on whatever Node the machine has, so: no dependency, old syntax only.
// Installs what the lockfile names when it is missing or older than the lockfile, and says plainly what is wrong
// when it can't. It never installs twice for the same lockfile: a stamp in node_modules holds the lockfile's hash.
// Then it runs the command it was given. Not the shell: a shell that has found one `node` goes on using it, although
// the project's own came to stand before it on the PATH.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_TO_INSTALL = [20, 19];
const OLDEST_TO_RUN = 24;

function stop(line) {
  process.stderr.write(`acopio: ${line}\n`);
  process.exit(1);
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST_TO_INSTALL[0] || (major === OLDEST_TO_INSTALL[0] && minor < OLDEST_TO_INSTALL[1])) {
  stop(
    `Node ${process.versions.node} is too old. Install Node ${OLDEST_TO_INSTALL.join('.')} or newer and run the command again.`,
  );
}

const lock = join(root, 'package-lock.json');
const stamp = join(root, 'node_modules', '.acopio-installed');
const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
const present = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';

if (present !== wanted) {
  // `npm ci` empties the folder first, and behind a link that is somebody else's.
  const modules = join(root, 'node_modules');
  if (existsSync(modules) && lstatSync(modules).isSymbolicLink()) {
    stop(
      'node_modules is a link to another folder, and what it holds is not what package-lock.json names. Installing would ' +
        'empty that folder, so nothing was done. Remove the link and run the command again.',
    );
  }
  if (process.stderr.isTTY)
    process.stderr.write('acopio: installing dependencies (about half a minute, once) ...\n');
  const run = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (run.status !== 0) {
    stop(
      'npm could not install the dependencies (see its message above). Check the network to the npm registry, then run the command again.',
    );
  }
  writeFileSync(stamp, wanted);
}

// node_modules/.bin stands first on the PATH of every npm script; the project's own Node is there once it is installed.
const node = spawnSync('node', ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
const found = Number((node.stdout || '').trim().replace(/^v/, '').split('.')[0]);
if (!(found >= OLDEST_TO_RUN)) {
  stop(
    `the Node that would run is ${(node.stdout || 'missing').trim()}, and ${OLDEST_TO_RUN} or newer is needed. ` +
      `This platform (${process.platform}-${process.arch}) gets no Node from npm: install Node ${OLDEST_TO_RUN} and run the command again.`,
  );
}

/** npm runs a script in a shell, which outlives it. The process id of npm, where that is so. */
function npmBehind(shell) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const { stdout = '' } = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(shell)], { encoding: 'utf8' });
  const [, pid, name] = /^\s*(\d+)\s+(\S+)/.exec(stdout || '') || [];
  return /^-?(?:.*\/)?(?:sh|dash|bash|zsh)$/.test(name || '') ? Number(pid) : undefined;
}

/** As in lib/temporary-folder.ts, which this file cannot import: it runs before anything is installed, on a Node without types. */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const [command, ...args] = process.argv.slice(2);
// Node keeps modules as it compiled them: half of a short command's time, and a quarter of a start's, is their reading.
const NODE_COMPILE_CACHE = join(root, 'node_modules', '.cache', 'acopio');
if (command !== undefined) {
  const child = spawn(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    // So that it notices when this process is killed and can pass nothing on.
    env: { NODE_COMPILE_CACHE, ...process.env, ACOPIO_STARTED_BY: String(process.pid) },
  });
  // Ctrl-C in a terminal reaches the command by itself; this process only has to outlive it, to hand on its exit code.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm does not pass every signal on, and nothing when it is killed: its end ends the command.
  const parent = process.ppid;
  const npm = npmBehind(parent);
  const watch = setInterval(() => {
    if (process.ppid === parent && (npm === undefined || isAlive(npm))) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 250).unref();
  child.on('error', (error) =>
    stop(`${command} does not start: ${error.message}. Delete node_modules and run the command again.`),
  );
  child.on('close', (code, signal) => {
    process.exitCode = code ?? { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGKILL: 137 }[signal] ?? 1;
  });
}
