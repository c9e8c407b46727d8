import { bazaar } from '../support/bazaar/platform.ts';
import { bazaarModule } from '../support/bazaar/simulator/module.ts';
import { describeModuleContract } from './module-contract.ts';

describeModuleContract(bazaarModule, bazaar, { stores: [{ storeId: 'centre' }, { storeId: 'harbour' }] });
