import { createMemoryStore } from '../../functions/rate-limit/store.ts';
import { describeStore } from './store-suite.ts';

describeStore('memory', async () => ({ store: createMemoryStore(), close: async () => {} }));
