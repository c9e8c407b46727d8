import { defineConfig } from 'vitest/config';
import { mutationPlugin } from './test/support/mutation-plugin.ts';

// `npm run chaos -- --mutations --tests` sets it, to see a named test fail.
const { ACOPIO_MUTATION } = process.env;

/** Folders whose files deploy, and take longest. */
const DEPLOYMENTS = ['chaos', 'hostile', 'local-cloud', 'system'].map((name) => `test/${name}/**/*.test.ts`);
/**
 * Files that replace modules, or make a platform known: each has a process of its own. All other files share the workers'
 * processes, which load what they import once: half of the time of most files was that.
 */
const APART = [
  'test/config/**/*.test.ts',
  'test/chaos/**/*.test.ts',
  'test/ops/import-goes-on.test.ts',
  'test/ops/platform-asked.test.ts',
  'test/ops/reconcile-stopped.test.ts',
  'test/system/fourth-platform.test.ts',
];
const NONE_OF_OURS = ['test/conformance/**', '**/node_modules/**'];

export default defineConfig({
  plugins: ACOPIO_MUTATION === undefined ? [] : [mutationPlugin(ACOPIO_MUTATION)],
  test: {
    // Bounds against hanging, no measures: a busy machine takes several times as long as an idle one.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    // One more than a small machine has cores, because the deployments wait for some of their time. A fourth gains nothing.
    maxWorkers: 3,
    globalSetup: ['test/support/shared-folder.ts'],
    // They begin in the order of their names: what takes longest first, and what fills the gaps last.
    projects: [
      { extends: true, test: { name: 'apart', include: APART, exclude: NONE_OF_OURS } },
      {
        extends: true,
        test: {
          name: 'deployments',
          include: DEPLOYMENTS,
          exclude: [...APART, ...NONE_OF_OURS],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: [...APART, ...DEPLOYMENTS, ...NONE_OF_OURS],
          isolate: false,
        },
      },
    ],
  },
});
