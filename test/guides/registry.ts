import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { PlatformName } from '../../functions/domain/order.ts';
import { ENDPOINTS as IMOTRIZ } from '../../functions/platforms/imotriz/endpoints.ts';
import { ENDPOINTS as PEDIDOSYA } from '../../functions/platforms/pedidosya/endpoints.ts';
import { DEFAULTS as IMOTRIZ_DEFAULTS } from '../../local/platforms/imotriz/options.ts';
import { createImotrizSimulator } from '../../local/platforms/imotriz/simulator.ts';
import { createNuvemshopSimulator } from '../../local/platforms/nuvemshop/simulator.ts';
import { createPedidosYaSimulator } from '../../local/platforms/pedidosya/simulator.ts';
import type { RouteDoc } from '../../local/platforms/simulator.ts';
import { ENDPOINTS as NUVEMSHOP } from '../platforms/nuvemshop/endpoints/all.ts';

/** A method of a client: the call it makes, and where tests make it. */
export interface Method {
  platform: PlatformName;
  /** Without the platform's name. */
  name: string;
  call: { method: string; path: string };
  /** How a test's text shows that it calls the method. */
  shows: RegExp;
}

/** Client methods whose name is not that of the operation. */
const RENAMED: Readonly<Record<string, string>> = {
  'catalogue.export': 'catalogue.requestExport',
  'catalogue.job': 'jobs.get',
  'orders.new': 'newOrders',
  'orders.ids': 'orderIds',
  'orders.get@imotriz': 'order',
};
/** Methods made of another one's calls. */
const MADE_OF: Readonly<Record<string, string>> = {
  'orders.page': 'orders.list',
  'catalogue.pages': 'catalogue.list',
};

const calling = (name: string): RegExp => new RegExp(`(\\b${name.replace('.', '\\.')}|\\.${name})\\(`);

function methods(): Method[] {
  const nuvemshop = NUVEMSHOP.map(
    ({ name, method, route }): Method => ({
      platform: 'nuvemshop',
      name,
      call: { method, path: `/{version}/{store_id}${route}` },
      // Some methods of the table share one entry, named by a template.
      shows: new RegExp(`${calling(name).source}|\`${name.split('.')[0]}\\.\\$\\{action\\}\``),
    }),
  );
  const oauth: Method[] = [
    {
      platform: 'nuvemshop',
      name: 'oauth.authorizeLink',
      call: { method: 'GET', path: '/apps/{app_id}/authorize' },
      shows: /\boauth\.authorizeUrl\(/,
    },
    {
      platform: 'nuvemshop',
      name: 'oauth.exchangeCode',
      call: { method: 'POST', path: '/apps/authorize/token' },
      shows: /\boauth\.exchange\(/,
    },
  ];
  const pedidosya = Object.entries(PEDIDOSYA).map(([operation, { method, path }]): Method => {
    const name = RENAMED[operation] ?? operation;
    const shows = operation === 'oauth.token' ? /\/oauth\/token/ : calling(name);
    return { platform: 'pedidosya', name, call: { method, path: `/v2${path}` }, shows };
  });
  const made = Object.entries(MADE_OF).flatMap(([name, of]): Method[] => {
    const whole = pedidosya.find((one) => one.name === of);
    return whole === undefined ? [] : [{ ...whole, name, shows: calling(name) }];
  });
  const download: Method = {
    platform: 'pedidosya',
    name: 'download',
    call: { method: 'GET', path: '/files/{file}' },
    shows: calling('download'),
  };
  const imotriz = Object.entries(IMOTRIZ).map(([operation, { method, pathSetting }]): Method => {
    const name = RENAMED[`${operation}@imotriz`] ?? RENAMED[operation] ?? operation;
    return {
      platform: 'imotriz',
      name,
      call: { method, path: IMOTRIZ_DEFAULTS.paths[pathSetting] },
      shows: calling(name),
    };
  });
  return [...oauth, ...nuvemshop, ...pedidosya, ...made, download, ...imotriz];
}

export const METHODS: readonly Method[] = methods();

const ROUTES: Readonly<Record<PlatformName, readonly RouteDoc[]>> = {
  nuvemshop: createNuvemshopSimulator().routes,
  pedidosya: createPedidosYaSimulator().routes,
  imotriz: createImotrizSimulator().routes,
};

const shapeOf = (path: string): string => path.replaceAll(/\{[^}]+\}/g, '{}');

/** The route of the simulated platform that a method's call hits. */
export function simulatedRoute({ platform, call }: Method): { method: string; path: string } | undefined {
  return ROUTES[platform]?.find(
    (route) => route.method === call.method && shapeOf(route.path) === shapeOf(call.path),
  );
}

const TESTS = join(import.meta.dirname, '..');
const wholeTexts = new Map<string, string>();

/** A file with the tables of calls that it imports: a test that runs a table makes its calls. */
function wholeText(file: string, seen = new Set<string>()): string {
  const known = wholeTexts.get(file);
  if (known !== undefined) return known;
  if (seen.has(file)) return '';
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const imported = [...text.matchAll(/from '(\.{1,2}\/[^']+\.ts)'/g)]
    .map(([, path = '']) => join(dirname(file), path))
    .filter((path) => /\/(endpoints\/\w+|reach)\.ts$/.test(path));
  const whole = [text, ...imported.map((path) => wholeText(path, seen))].join('\n');
  wholeTexts.set(file, whole);
  return whole;
}

const named = (file: string): string => relative(TESTS, file).replace(/\.test\.ts$/, '');
const files = (pattern: string): string[] => globSync(join(TESTS, pattern)).sort();

/** Tests that call a method against the simulated platform, by their path below `test/`. */
export function testsOf({ platform, shows }: Method): string[] {
  return files(`platforms/${platform}/**/*.sim.test.ts`)
    .filter((file) => shows.test(wholeText(file)))
    .map(named);
}

/** Tests that go through a route of ours, by its key in the contract. */
export function testsOfRoute(key: string): string[] {
  const shows = new RegExp(`ROUTES\\.${key}\\b`);
  return files('{system,pipeline,lib}/**/*.test.ts')
    .filter((file) => shows.test(readFileSync(file, 'utf8')))
    .map(named);
}
