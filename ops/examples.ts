import type { Command } from 'commander';
import { platforms } from '../functions/platforms/registry.ts';

const NORTH =
  '{"name": "North", "address": {"street": "Calle Falsa", "number": "123", "city": "Rosario", "zipcode": "2000", "province": {"code": "AR-S", "name": "Santa Fe"}, "region": {"code": "PAM", "name": "Pampeana"}, "country": {"code": "AR", "name": "Argentina"}}}';

/**
 * Examples of each command, by its words. PLATFORM stands for a platform that there is, EXPORTING for one that hands out its
 * catalogue, PLACES for one that has categories and locations; a test runs every one.
 */
const EXAMPLES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  connect: ['connect PLATFORM --dry-run', 'connect PLATFORM --from-stdin --yes < secrets.json'],
  import: [
    'import PLATFORM --dry-run',
    'import PLATFORM --orders-from 2026-11-01 --yes',
    'import PLATFORM:STORE_ID --only products,customers --yes',
  ],
  doctor: ['doctor', 'doctor --alarm-test', 'doctor --alarm-test --dry-run'],
  platforms: ['platforms'],
  'platforms pause': [
    'platforms pause PLATFORM --reason "wrong prices" --for 30m --dry-run',
    'platforms pause PLATFORM:STORE_ID --reason "the platform asks us to stop"',
  ],
  'platforms resume': ['platforms resume PLATFORM'],
  call: [
    'call PLATFORM GET categories?per_page=50',
    `call PLATFORM POST categories --data '{"name": {"es": "Tazas"}}' --dry-run`,
    `call PLATFORM POST categories --data '{"name": {"es": "Tazas"}}' --yes`,
  ],
  throttle: ['throttle', 'throttle --platform PLATFORM'],
  reconcile: ['reconcile PLATFORM:STORE_ID --from 2026-11-20 --dry-run', 'reconcile --dry-run'],
  find: ['find 1042', 'find PLATFORM:1042 --days 30', 'find TSHIRT-M', 'find ana@example.com --personal'],
  'emails rebuild': ['emails rebuild --dry-run', 'emails rebuild'],
  show: ['show PLATFORM:1042', 'show 1042'],
  'orders list': ['orders list', 'orders list --platform PLATFORM --status received --limit 5'],
  'orders show': ['orders show PLATFORM:1042'],
  'orders export': ['orders export --from 2026-11-20', 'orders export --platform PLATFORM'],
  'orders note': ['orders note --from 2026-11-20 --dry-run', 'orders note PLATFORM:1042'],
  'orders tail': ['orders tail --platform PLATFORM'],
  'products duplicates': ['products duplicates', 'products duplicates --platform PLATFORM'],
  'products export': ['products export EXPORTING:STORE_ID --dry-run', 'products export EXPORTING:STORE_ID'],
  'products jobs': ['products jobs', 'products jobs --platform EXPORTING --limit 5'],
  'products attention': ['products attention'],
  'products status': [
    'products status MUG',
    'products status PLACES:STORE_ID:erp-product:MUG',
    'products status --file docs/examples/products.ndjson',
  ],
  'products push': [
    'products push docs/examples/product.json --dry-run',
    'products push docs/examples/product.json MUG --yes',
  ],
  'products import': [
    'products import docs/examples/products.ndjson --dry-run',
    'products import docs/examples/products.ndjson --yes',
  ],
  'customers attention': ['customers attention'],
  'categories list': ['categories list PLACES:STORE_ID'],
  'locations list': ['locations list PLACES:STORE_ID'],
  'locations create': [
    `locations create PLACES:STORE_ID north --data '${NORTH}' --dry-run`,
    `locations create PLACES:STORE_ID north --data '${NORTH}' --yes`,
  ],
  'locations update': [
    `locations update PLACES:STORE_ID:erp-location:north --data '{"address": {"number": "125"}}' --yes`,
  ],
  'locations priorities': [
    'locations priorities PLACES:STORE_ID:erp-location:north --dry-run',
    'locations priorities PLACES:STORE_ID:erp-location:north --yes',
  ],
  'locations default': ['locations default PLACES:STORE_ID:erp-location:north --yes'],
  attention: ['attention', 'attention --platform PLATFORM'],
  'attention dismiss': ['attention dismiss PLATFORM:1042 --reason "entered by hand" --dry-run'],
  replay: ['replay PLATFORM:1042 --source fresh --dry-run', 'replay --attention --dry-run'],
  'dlq count': ['dlq count'],
  'dlq peek': ['dlq peek --platform PLATFORM --limit 5'],
  'dlq redrive': ['dlq redrive --platform PLATFORM --dry-run', 'dlq redrive --platform PLATFORM'],
  'dlq purge': ['dlq purge --platform PLATFORM --dry-run', 'dlq purge --platform PLATFORM --yes'],
  'outbox list': ['outbox list'],
  'outbox retry': ['outbox retry --dry-run', 'outbox retry'],
  'outbox delete': ['outbox delete ID --dry-run', 'outbox delete ID --yes'],
  'privacy reports': ['privacy reports'],
  'privacy report': ['privacy report REPORT_ID --to report.json'],
  'privacy erase': ['privacy erase PLATFORM:1042 --dry-run', 'privacy erase PLATFORM:1042 --yes'],
  'privacy pending': ['privacy pending'],
  'privacy stop': ['privacy stop PLATFORM:STORE_ID'],
  'privacy resume': ['privacy resume PLATFORM:STORE_ID'],
  'privacy reapply': ['privacy reapply --dry-run'],
  'stock show': ['stock show TSHIRT-M'],
  'stock drift': [
    'stock drift',
    'stock drift --check --dry-run',
    'stock drift TSHIRT-M --repair',
    'stock drift --check',
  ],
  'stock attention': ['stock attention'],
  'stock release': ['stock release --dry-run', 'stock release'],
  'stock follow': ['stock follow --from 2026-11-20 --dry-run', 'stock follow PLATFORM:1042'],
  'stock settle': ['stock settle TSHIRT-M "PLATFORM:STORE_ID:1042#1|TSHIRT-M" --made'],
  'stock import': ['stock import stock.csv --dry-run'],
  'tokens create': ['tokens create erp --scopes orders:read'],
  'tokens list': ['tokens list'],
  'tokens revoke': ['tokens revoke erp'],
  'restore-finish': ['restore-finish --dry-run', 'restore-finish --yes'],
  audit: ['audit --limit 5'],
  ui: ['ui', 'ui --write'],
  completion: ['completion bash', 'completion zsh', 'completion fish'],
};

/** The examples of a command, as they are typed behind the program's name. */
export function examplesOf(command: Command): string[] {
  const [first] = platforms();
  const exporting = platforms().find(({ resources }) => resources.product?.exports !== undefined);
  const withPlaces = platforms().find(({ places }) => places !== undefined);
  return (EXAMPLES[wordsOf(command)] ?? []).map((line) =>
    line
      .replaceAll('PLATFORM', first?.name ?? 'PLATFORM')
      .replaceAll('EXPORTING', exporting?.name ?? 'PLATFORM')
      .replaceAll('PLACES', withPlaces?.name ?? 'PLATFORM'),
  );
}

/** Shows the examples of every command in its `--help`. */
export function addExamples(command: Command): void {
  const lines = examplesOf(command).map((line) => `  npx acopio --merchant demo ${line}`);
  if (lines.length > 0) command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
  for (const one of command.commands) addExamples(one);
}

/** The words of a command, without the program's. */
export function wordsOf(command: Command): string {
  const words: string[] = [];
  for (let one: Command | null = command; one?.parent; one = one.parent) words.unshift(one.name());
  return words.join(' ');
}
