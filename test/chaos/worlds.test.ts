import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { INVARIANTS } from '../../chaos/invariants/violation.ts';
import { MUTATIONS } from '../../chaos/mutations/list.ts';
import { applyPatch, MutationDoesNotApply } from '../../chaos/mutations/mutate.ts';
import { drawPlan } from '../../chaos/plan/plan.ts';
import { runWorld } from '../../chaos/world/run-world.ts';

/** A bound against hanging, no measure: a busy machine takes several times as long as an idle one. */
const HANGS_MS = 400_000;
const TEST_MS = HANGS_MS + 10_000;

const root = fileURLToPath(new URL('../../', import.meta.url));
const chaos = async (...options: string[]) => {
  const run = promisify(execFile)(process.execPath, ['chaos/main.ts', ...options], {
    cwd: root,
    timeout: HANGS_MS,
  });
  return run.then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
  );
};

describe('simulated worlds', () => {
  it('keep every promise, whatever goes wrong in them', { timeout: TEST_MS }, async () => {
    // One, to see the command work: .ci/run plays 150 of them, the nightly 2,000.
    const { code, stdout } = await chaos('--seed', '1000', '--hours', '3', '--worlds', '1', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ worlds: 1, failing: [] });
    expect(code).toBe(0);
  });

  it('notice a broken function, and say how to see it again', { timeout: TEST_MS }, async () => {
    // Arrange
    const only = ['--mutation', 'bytes-not-kept', '--json'];

    // Act
    const { code, stdout } = await chaos(...only);

    // Assert
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'bytes-not-kept', caught: { invariant: 'bytes-missing' } },
    ]);
  });

  it('are the same for the same plan, and leave the process as it was', async () => {
    const { setTimeout, fetch } = globalThis;
    const plan = drawPlan('42', 2);
    const [first, second] = [await runWorld(plan), await runWorld(plan)];
    expect(second).toEqual(first);
    expect({ setTimeout: globalThis.setTimeout, fetch: globalThis.fetch }).toEqual({ setTimeout, fetch });
  });
});

describe.each(MUTATIONS)('the mutation $name', ({ name, patches, noticedBy, test, playedBy }) => {
  it('stands in the source exactly once, and some promise answers for it', async () => {
    for (const patch of patches) {
      const source = await readFile(join(root, patch.file), 'utf8');
      expect(applyPatch(name, patch, source)).not.toBe(source);
    }
    if (typeof noticedBy === 'string') expect(noticedBy).not.toBe('');
    else expect(noticedBy.every((invariant) => invariant in INVARIANTS)).toBe(true);
  });

  it('names a test that exists, or says why there is none', async () => {
    if (typeof test === 'string') expect(test).not.toBe('');
    for (const one of [test, playedBy])
      if (typeof one === 'object')
        expect(await readFile(join(root, one.file), 'utf8')).toContain(`'${one.title}'`);
  });
});

describe('a mutation whose text is gone', () => {
  it('is an error', () => {
    const patch = { file: 'functions/x.ts', find: 'gone', replace: 'here' };
    expect(() => applyPatch('x', patch, 'nothing')).toThrow(MutationDoesNotApply);
    expect(() => applyPatch('x', patch, 'gone gone')).toThrow(MutationDoesNotApply);
  });
});
