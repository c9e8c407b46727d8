import { register } from '../../../functions/platforms/registry.ts';
import { registerSimulator } from '../../../local/platforms/registry.ts';
import { bazaar } from './platform.ts';
import { bazaarModule } from './simulator/module.ts';

/** Makes Bazaar known to whoever imports this, as the registries make the real platforms known. */
register(bazaar, new URL('./', import.meta.url));
registerSimulator('bazaar', bazaarModule);
