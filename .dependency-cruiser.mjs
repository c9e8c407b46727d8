// Which file may import which. Type-only imports count: who needs another's type knows the other.

/** The rooms of functions/ from top to bottom. A room may import itself and the rooms below it. */
const ROOMS = [
  'entry',
  'erp',
  'outbound',
  'pipeline',
  'platforms',
  'storage',
  'http',
  'runtime',
  'domain',
  'rate-limit',
];
/** The same of chaos/. */
const CHAOS_ROOMS = ['campaign', 'world', 'mutations', 'invariants', 'plan', 'aws', 'time'];

/** Each folder beside functions/ and what it may import besides itself. Every other folder is closed to it. */
const TREES = {
  functions: [],
  // Whoever copies an example copies nothing else.
  examples: [],
  config: ['functions'],
  lib: ['functions', 'config'],
  bin: ['lib', 'config'],
  ops: ['functions', 'config'],
  local: ['functions', 'lib', 'config'],
  chaos: ['functions', 'lib', 'config', 'local'],
  bench: ['functions', 'lib', 'config', 'local', 'chaos'],
  scripts: ['functions', 'lib', 'config', 'local', 'test'],
};

/** What is in functions/platforms or local/platforms and is no platform's folder. */
const SHARED_BY_PLATFORMS = ['reading', 'shared'];

const anyOf = (names) => `(?:${names.join('|')})`;
const severity = 'error';

const upwards = Object.entries({ functions: ROOMS, chaos: CHAOS_ROOMS }).flatMap(([tree, rooms]) =>
  rooms.slice(1).map((room, index) => ({
    name: `no-way-up-from-${tree === 'functions' ? '' : `${tree}-`}${room}`,
    comment: `${tree}/${room} may not import what stands above it: ${rooms.slice(0, index + 1).join(', ')}.`,
    severity,
    from: { path: `^${tree}/${room}/` },
    to: { path: `^${tree}/${anyOf(rooms.slice(0, index + 1))}/` },
  })),
);

const closed = Object.entries(TREES).map(([tree, open]) => ({
  name: `${tree}-imports-too-much`,
  comment: `${tree}/ may import only itself${open.map((other) => `, ${other}/`).join('')}.`,
  severity,
  from: { path: `^${tree}/` },
  to: {
    path: `^${anyOf([...Object.keys(TREES), 'test'])}/`,
    pathNot: `^${anyOf([tree, ...open])}/`,
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Files that import each other in a circle are one file, or have a third one in common.',
      severity,
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved-import',
      comment: 'A file that is not found is seen by no other rule. (A missing package is seen by tsc.)',
      severity,
      from: {},
      to: { couldNotResolve: true, path: '^\\.' },
    },
    {
      name: 'no-room-without-a-place',
      comment: 'Each folder of functions/ has its place in the list of rooms.',
      severity,
      from: { path: '^functions/', pathNot: `^functions/${anyOf(ROOMS)}/` },
      to: {},
    },
    ...upwards,
    {
      name: 'rate-limit-stands-alone',
      comment: 'functions/rate-limit imports no other room, so that it can be used without the rest.',
      severity,
      from: { path: '^functions/rate-limit/' },
      to: { path: '^functions/', pathNot: '^functions/rate-limit/' },
    },
    ...closed,
    {
      name: 'platforms-know-no-other',
      comment:
        'A platform is one folder, and its simulator another: neither imports a folder of another platform.',
      severity,
      from: { path: '^(?:functions|local)/platforms/([^/]+)/' },
      to: {
        path: '^(?:functions|local)/platforms/[^/]+/',
        pathNot: `^(?:functions|local)/platforms/${anyOf(['$1', ...SHARED_BY_PLATFORMS])}/`,
      },
    },
  ],
};
