import { imotrizClient } from './imotriz/harness.ts';
import { fakeApi } from './nuvemshop/fake-api.ts';
import { pedidosyaClient } from './pedidosya/harness.ts';

const CLIENTS = {
  nuvemshop: fakeApi(() => ({})).client,
  pedidosya: pedidosyaClient(),
  imotriz: imotrizClient(),
};

/** Passes calls on and has none of its own: platforms/pass-through.test.ts is about what it passes. */
const PASSES_ON = 'through';

/** Every method that the clients really have, as `platform room.method`, and the one that is no client's. */
export const CLIENT_METHODS: readonly string[] = [
  'nuvemshop oauth.exchangeCode',
  ...Object.entries(CLIENTS).flatMap(([platform, client]) =>
    methodsOf(client).map((method) => `${platform} ${method}`),
  ),
];

function methodsOf(client: object): string[] {
  return Object.entries(client).flatMap(([name, member]: [string, unknown]) => {
    if (name === PASSES_ON) return [];
    if (typeof member === 'function') return [name];
    if (typeof member !== 'object' || member === null) return [];
    return Object.entries(member).flatMap(([method, value]: [string, unknown]) =>
      typeof value === 'function' ? [`${name}.${method}`] : [],
    );
  });
}
