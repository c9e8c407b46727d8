import { channelsOf, merchantNamed } from '../../config/merchant.ts';
import type { PlatformName } from '../../functions/domain/order.ts';
import { type Endpoint, scopesOf } from '../../functions/platforms/pass-through.ts';
import { DEFAULTS } from '../../local/platforms/imotriz/options.ts';
import type { Method } from './registry.ts';

const { orderIds, order } = DEFAULTS.paths;

/** The calls of each platform, with those whose paths a merchant has to configure. */
export const TABLES: readonly { readonly name: PlatformName; readonly endpoints: readonly Endpoint[] }[] =
  channelsOf(merchantNamed('demo')).flatMap(({ platform, settings }) => {
    const told = structuredClone(settings) as { stores?: { paths?: object }[] };
    for (const store of told.stores ?? []) if (platform.poll !== undefined) store.paths = { orderIds, order };
    const [store] = platform.stores(platform.settings().parse(told));
    if (store === undefined || platform.passThrough === undefined) return [];
    return [{ name: platform.name, endpoints: platform.passThrough.endpoints(store) }];
  });

export const tableOf = (platform: PlatformName): readonly Endpoint[] =>
  TABLES.find(({ name }) => name === platform)?.endpoints ?? [];

/** A path without what stands in front of every path of the platform. */
export const below = (path: string): string => path.replace(/^\/(\{version\}\/\{store_id\}|v2)(?=\/)/, '');

/** Method and path, whatever the variables are called. */
export const shapeOf = ({ method, path }: { method: string; path: string }): string =>
  `${method} ${below(path).replaceAll(/\{\w+\}/g, '{}')}`;

/** What brings a call about: a client of the API that has it passed on, and what of ours makes it. */
export const reachOf = ({ through, reachedBy }: Endpoint): string[] => [
  ...(through === 'never' ? [] : ['route']),
  ...reachedBy,
];

/** What brings the call of a client's method about. */
export function reachOfMethod({ platform, call }: Method): string[] {
  const row = tableOf(platform).find((endpoint) => shapeOf(endpoint) === shapeOf(call));
  return row === undefined ? [] : reachOf(row);
}

/** A row of the calls' table: the call, whether it is passed on, with which scopes, and what brings it about. */
export function cellsOf(endpoint: Endpoint): string[] {
  const { method, path, through } = endpoint;
  const passed =
    endpoint.through === 'never'
      ? [`never: ${endpoint.reason}`, '']
      : [through, scopesOf(endpoint).join('<br>')];
  return [`\`${method} ${path}\``, ...passed, reachOf(endpoint).join('<br>') || 'nothing'];
}
