import { applyPatch, mutationNamed } from '../../chaos/mutations/mutate.ts';

/** Puts the mutation that a test run is asked to notice into the source that it loads. */
export function mutationPlugin(name: string) {
  const { patches } = mutationNamed(name);
  return {
    // vitest keeps what it transformed by the names of the plugins.
    name: `mutation-${name}`,
    enforce: 'pre' as const,
    transform(code: string, id: string): string | undefined {
      const mine = patches.filter(({ file }) => id.endsWith(`/${file}`));
      return mine.length === 0 ? undefined : mine.reduce((text, one) => applyPatch(name, one, text), code);
    },
  };
}
