import { endpointsOf } from '../../functions/platforms/nuvemshop/endpoints.ts';
import { neededScopes, reviewScopes } from '../../functions/platforms/nuvemshop/scopes.ts';
import { wantedEvents } from '../../functions/platforms/nuvemshop/webhook-bodies.ts';
import type { Endpoint, Reach } from '../../functions/platforms/pass-through.ts';

/** What the platform's review looks at (developer hub, homologation pages), and how it is met. */
const CHECKLIST: readonly (readonly [asked: string, met: string])[] = [
  ['Lists are paged', 'Every list is read page by page, 200 at once; `client/requests.ts`.'],
  ['User-Agent with name and contact', 'The configuration refuses a `userAgent` without both.'],
  [
    'Webhooks in place of polling',
    'The events below are subscribed; lists are compared on a schedule for what was missed.',
  ],
  ['No useless writes', 'Look first, call only what differs; a number that is shown already is not sent.'],
  ['Least scopes', 'The table below; `doctor` names each that is missing or without need.'],
  [
    '2 requests a second',
    'One bucket for each store, shared by all functions; its size is learnt from the headers.',
  ],
  ['Language of the country', 'The installation speaks Spanish, Portuguese and English, by the browser.'],
  ['Multi-location', 'Stock goes by `inventory_levels`; no deprecated call is made or passed on.'],
  [
    '`app/suspended`, `app/uninstalled`',
    'The notice opens the circuit of the store: no call is made until it is resumed.',
  ],
  [
    'Privacy URLs',
    '`store/redact`, `customers/redact` and `customers/data_request` are answered; the command `connect` prints their URLs.',
  ],
  ['Quick answer to webhooks', 'The bytes are in a queue before the 200; nothing else happens first.'],
  ['Receipt times are logged', 'Each message carries `receivedAt` and the id that the log names.'],
  ['Valid TLS', 'API Gateway’s own certificate.'],
  ['No code is shown to the merchant', 'The page of the installation names the store and nothing else.'],
  ['Upgrade without reinstallation', 'A deployment keeps tokens; the command `connect` repairs webhooks.'],
];

/** The least scopes to ask for in the partner panel: those that come with another one are left out. */
export function leastScopes(wants: Parameters<typeof neededScopes>[0]) {
  const needed = neededScopes(wants);
  return needed.filter(({ scope }) => {
    const others = needed.map((one) => one.scope).filter((one) => one !== scope);
    return reviewScopes(wants, others).missing.some((one) => one.scope === scope);
  });
}

const GROUPS: readonly (readonly [title: string, from: string, isOf: (reach: Reach) => boolean])[] = [
  ['The merchant opens the installation link', 'Merchant', (reach) => reach === 'installation'],
  ['The platform sends an event', 'Nuvemshop', (reach) => reach === 'event'],
  ['A schedule compares what there is', 'Schedule', (reach) => reach === 'schedule'],
  ['The merchant’s system gives a command', 'ERP', (reach) => reach.startsWith('command ')],
  ['The merchant’s system asks a route', 'ERP', (reach) => reach.startsWith('route ')],
  ['The operator gives a command', 'Operator', (reach) => reach.startsWith('operator ')],
];

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const words = (reach: Reach): string => reach.replace(/^(command|route|operator) /, '');

/** Every call and what brings it about, one step for each: made of the table of endpoints. */
function diagram(endpoints: readonly Endpoint[]): string[] {
  const people = ['Merchant', 'ERP', 'Operator', 'Schedule', 'Acopio', 'Nuvemshop'];
  return [
    '```mermaid',
    'sequenceDiagram',
    ...people.map((one) => `  participant ${one}`),
    ...GROUPS.flatMap(([title, from, isOf]) => [
      `  Note over ${from === 'Nuvemshop' ? 'Acopio,Nuvemshop' : `${from},Acopio`}: ${title}`,
      ...endpoints.flatMap((endpoint) => {
        const reaches = endpoint.reachedBy.filter(isOf);
        if (reaches.length === 0) return [];
        const why = [...new Set(reaches.map(words))].join(', ');
        return [`  ${from}->>Acopio: ${why}`, `  Acopio->>Nuvemshop: ${endpoint.method} ${endpoint.path}`];
      }),
    ]),
    '```',
  ];
}

/** The text of `docs/homologation.md`. */
export function homologationDocument(): string {
  const scopes = leastScopes({ catalogue: true, customers: true });
  const always = new Set(leastScopes({ catalogue: false, customers: false }).map(({ scope }) => scope));
  const whenOf = (scope: string): string =>
    always.has(scope)
      ? 'always'
      : scope.endsWith('_customers')
        ? '`customers: true`'
        : '`catalogue` (on unless switched off)';
  return [
    '# Homologation at Nuvemshop / Tiendanube',
    '',
    'Made by `npm run docs` from the table of endpoints; a test fails when it is out of date. The checklist sheet of the platform is',
    'not public: what stands here is what its developer hub says that it looks at.',
    '',
    '## Checklist',
    '',
    line(['Looked at', 'How it is met']),
    line(['---', '---']),
    ...CHECKLIST.map(line),
    '',
    '## Scopes',
    '',
    'Ask for these in the partner panel, and for no others: an app is rejected for a scope that it does not need. Writing includes',
    'reading, and scopes of fulfilment orders come with those of orders.',
    '',
    line(['Scope', 'For a store with', 'Without it fails']),
    line(['---', '---', '---']),
    ...scopes.map(({ scope, required, fails }) =>
      line([
        `\`${scope}\``,
        `${whenOf(scope)}${required ? '' : '; only where these are used'}`,
        [...fails].sort().join('<br>'),
      ]),
    ),
    '',
    'The installation compares what the merchant granted with what the store’s configuration needs, and so does `doctor`. A changed',
    'scope needs the installation link again: the platform hands out a new token.',
    '',
    '## Webhooks',
    '',
    `${wantedEvents({ mirrorsProducts: true, mirrorsCustomers: true })
      .map((event) => `\`${event}\``)
      .join(', ')}.`,
    '`product/*` only with `catalogue`, `customer/*` only with `customers`. `doctor` compares them with those that there are, and',
    '`connect` repairs them.',
    '',
    '## Every call and what brings it about',
    '',
    'Calls that are only passed on (`/v1/platforms/...`) are in [platforms.md](platforms.md).',
    '',
    ...diagram(endpointsOf()),
    '',
  ].join('\n');
}
