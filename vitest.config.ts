import { defineConfig } from 'vitest/config';
import { mutationPlugin } from './test/support/mutation-plugin.ts';

// `npm run chaos -- --mutations --tests` sets it, to see a named test fail.
const { ACOPIO_MUTATION } = process.env;

export default defineConfig({
  plugins: ACOPIO_MUTATION === undefined ? [] : [mutationPlugin(ACOPIO_MUTATION)],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/conformance/**', '**/node_modules/**'],
    // Bounds against hanging, no measures: a machine that does something else takes many times as long as an idle one.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    maxWorkers: 2,
  },
});
