import { defineConfig } from 'vitest/config';
import { mutationPlugin } from './test/support/mutation-plugin.ts';

// `npm run chaos -- --mutations --tests` sets it, to see a named test fail.
const { ACOPIO_MUTATION } = process.env;

export default defineConfig({
  plugins: ACOPIO_MUTATION === undefined ? [] : [mutationPlugin(ACOPIO_MUTATION)],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/conformance/**', '**/node_modules/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
