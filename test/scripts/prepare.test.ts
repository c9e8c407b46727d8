import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PREPARE = fileURLToPath(new URL('../../scripts/prepare.mjs', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'acopio-prepare-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the script in a project whose `npm` only leaves a mark. */
function prepare(): Promise<{ code: number; output: string }> {
  const npm = join(folder, 'bin/npm');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(npm, `#!/bin/sh\necho > '${join(folder, 'installed')}'\n`);
  chmodSync(npm, 0o755);
  cpSync(PREPARE, join(folder, 'project/scripts/prepare.mjs'));
  writeFileSync(join(folder, 'project/package-lock.json'), '{}');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(folder, 'project/scripts/prepare.mjs')],
      { env: { PATH: join(folder, 'bin') } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
      },
    );
  });
}

describe('the installation before a command', () => {
  it('is refused where node_modules is a link, and the folder behind it stays as it is', async () => {
    // Arrange
    mkdirSync(join(folder, 'theirs/zod'), { recursive: true });
    mkdirSync(join(folder, 'project'));
    symlinkSync(join(folder, 'theirs'), join(folder, 'project/node_modules'));

    // Act
    const { code, output } = await prepare();

    // Assert
    expect(code).toBe(1);
    expect(output).toContain('acopio: node_modules is a link to another folder');
    expect(existsSync(join(folder, 'installed'))).toBe(false);
    expect(readdirSync(join(folder, 'theirs'))).toEqual(['zod']);
  });
});
