import { imotrizModule } from './imotriz/module.ts';
import { nuvemshopModule } from './nuvemshop/module.ts';
import { pedidosyaModule } from './pedidosya/module.ts';
import type { SimulatorModule } from './simulator-module.ts';

const modules = new Map<string, SimulatorModule>();

/**
 * Adds a platform's simulator under the platform's name, as configuration and order keys write it.
 *
 * @throws Error when the name is taken.
 */
export function registerSimulator(name: string, module: SimulatorModule): void {
  if (modules.has(name)) throw new Error(`There is a simulator of ${name} already.`);
  modules.set(name, module);
}

/** Every simulator by its platform's name. */
export const simulators: ReadonlyMap<string, SimulatorModule> = modules;

registerSimulator('nuvemshop', nuvemshopModule);
registerSimulator('pedidosya', pedidosyaModule);
registerSimulator('imotriz', imotrizModule);
