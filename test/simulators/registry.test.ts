import { expect, it } from 'vitest';
import { registerSimulator, simulators } from '../../local/platforms/registry.ts';

it('takes a platform more, under its name, and refuses a name that is taken', () => {
  const [module] = simulators.values();

  registerSimulator('fourth', module!);

  expect(simulators.get('fourth')).toBe(module);
  expect(() => registerSimulator('fourth', module!)).toThrow('There is a simulator of fourth already.');
});
