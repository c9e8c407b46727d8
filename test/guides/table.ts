import { INSTALL_ROUTES, ROUTES } from '../support/routes.ts';
import { FACTS } from './facts.ts';
import type { Asked } from './guide.ts';
import { NUVEMSHOP_GUIDE } from './nuvemshop-guide.ts';
import { IMOTRIZ_GUIDE, PEDIDOSYA_GUIDES } from './partner-guides.ts';
import { cellsOf, reachOf, reachOfMethod, tableOf } from './reach.ts';
import { METHODS, type Method, simulatedRoute, testsOf, testsOfRoute } from './registry.ts';
import { testNaming } from './titles.ts';

export const GUIDES: readonly (readonly [title: string, asked: readonly Asked[]])[] = [
  ['Nuvemshop / Tiendanube', NUVEMSHOP_GUIDE],
  ['PedidosYa', PEDIDOSYA_GUIDES],
  ['iMotriz', IMOTRIZ_GUIDE],
];

const INTRO = `# The platforms, endpoint by endpoint

Made by \`npm run docs\` from the clients, the simulated platforms and the tests; a test fails when it is out of date. Change the
code, or the lists in \`test/guides\`, and run it again.

Each row is one thing that a platform's guide asks for, the method of our client that does it, the call it makes, and the tests
that make that call against the simulated platform (paths below \`test/\`). The simulated platform has every route that is
named here. Where a guide is wrong, the last column says what is right.

"Reached by" says what brings a call about: \`route\`, a client of the API that has it passed on; a command; what the operator runs; an event of the platform;
a schedule; the installation.
`;

/** The text of `docs/platforms.md`. */
export function platformsDocument(): string {
  const sections = GUIDES.map(([title, asked]) => {
    const beyond = beyondTheGuide(asked);
    const rows = asked.map((one) => line([one.what, code(one.endpoint), ...answerTo(one), one.wrong ?? '']));
    const head = table([
      'Asked for',
      'Guide',
      'By',
      'Call',
      'Reached by',
      'Tests',
      'What the guide has wrong or leaves out',
    ]);
    const more =
      beyond.length === 0
        ? []
        : [
            '',
            'Beyond the guide:',
            '',
            ...table(['By', 'Call', 'Reached by', 'Tests']),
            ...beyond.map((one) => line(cells(one))),
          ];
    const calls = tableOf(asked[0]?.platform ?? '').map((one) => line(cellsOf(one)));
    const passed = [
      '',
      'Its calls, and which of them are passed on (`/v1/platforms/{platform}/api/...` of the API, the command `call`):',
      '',
      ...table(['Call', 'Passed on', 'Scopes', 'Reached by']),
      ...calls,
    ];
    return [`## ${title}`, '', ...head, ...rows, ...more, ...passed, ''].join('\n');
  });
  const facts = Object.entries(FACTS).flatMap(([platform, list]) =>
    list.map(({ fact, test }) => line([platform, fact, testNaming(test).join('<br>')])),
  );
  const relied = [
    '## Facts we rely on',
    '',
    'Each stands in the platform’s own documentation, or is confirmed by several integrators, and has a test that fails when our code',
    'stops following it.',
    '',
    ...table(['Platform', 'Fact', 'Test']),
    ...facts,
    '',
  ];
  return [INTRO, ...sections, relied.join('\n')].join('\n');
}

/** Methods of the platform's client that no row asks for. */
export function beyondTheGuide(asked: readonly Asked[]): Method[] {
  const platform = asked[0]?.platform;
  const named = new Set(asked.flatMap(({ by }) => ('methods' in by ? by.methods : [])));
  return METHODS.filter((method) => method.platform === platform && !named.has(method.name));
}

export const methodNamed = (platform: string, name: string): Method | undefined =>
  METHODS.find((method) => method.platform === platform && method.name === name);

/** The key of one of our routes in the contract. */
export const keyOfRoute = (path: string): string =>
  Object.entries({ ...ROUTES, ...INSTALL_ROUTES }).find(([, one]) => one === path)?.[0] ?? '';

function answerTo({ platform, by }: Asked): string[] {
  if ('leftOut' in by) return ['nothing', by.leftOut, '', ''];
  if ('route' in by)
    return [
      code(by.function),
      code(by.route),
      byRoute(by.function),
      names(testsOfRoute(keyOfRoute(by.route))),
    ];
  if ('passedOn' in by) {
    const row = tableOf(platform).find(({ operation }) => operation === by.passedOn);
    return row === undefined
      ? []
      : ['passed on', code(`${row.method} ${row.path}`), reachOf(row).join('<br>'), ''];
  }
  const found = by.methods.flatMap((name) => methodNamed(platform, name) ?? []).map(cells);
  const column = (index: number) =>
    [...new Set(found.flatMap((one) => (one[index] ?? '').split('<br>')))].filter(Boolean).join('<br>');
  return [column(0), column(1), column(2), column(3)];
}

function cells(method: Method): string[] {
  const route = simulatedRoute(method);
  const call = route === undefined ? '' : code(`${route.method} ${route.path}`);
  return [code(method.name), call, reachOfMethod(method).join('<br>'), names(testsOf(method))];
}

/** A route of ours that is called from outside: by the merchant who installs, or by the platform's events. */
const byRoute = (name: string): string => (name.endsWith('-install') ? 'installation' : 'event');

const names = (tests: readonly string[]): string =>
  tests.map((test) => test.replace(/^platforms\//, '')).join('<br>');
const code = (text: string): string => (text.includes(' ') && !/^[A-Z.]/.test(text) ? text : `\`${text}\``);
const line = (row: readonly string[]): string =>
  `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: readonly string[]): string[] => [line(head), line(head.map(() => '---'))];
