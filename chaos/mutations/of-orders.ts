import { type Mutation, named, patch } from './mutation.ts';

/** Mistakes in reading what real shops send, and in believing what is said of an order. */
export const ORDERS: readonly Mutation[] = [
  {
    name: 'parcels-never-looked-for',
    harm: 'an order whose parcels come after its first fetch stays without them',
    patches: [
      patch(
        'functions/pipeline/fetch-one.ts',
        '    if (incomplete !== undefined) await lookForTheRest(fetcher, request, incomplete);\n',
        '',
      ),
      patch('functions/platforms/nuvemshop/reconcile.ts', ' && mayGetParcels(row, askedAt)', ' && false'),
    ],
    noticedBy: ['behind'],
    test: named('pipeline/look-again', 'is looked at again, and no more once it is complete'),
  },
  {
    name: 'bare-status-is-current',
    harm: 'reconciliation takes an order without lines or totals for current',
    patches: [
      patch(
        'functions/pipeline/reconcile/compare.ts',
        '(known === undefined || !saysTooLittle(known))',
        '(known === undefined || known !== null)',
      ),
    ],
    noticedBy: ['behind'],
    test: named(
      'pipeline/reconcile/orders',
      'does not take a row for current that has no totals, whatever its time and status say',
    ),
  },
  {
    name: 'unsaid-total-is-zero',
    harm: 'an order of which nobody said a total costs nothing',
    patches: [
      patch(
        'functions/platforms/pedidosya/order/totals.ts',
        'if (!payment) return { ...withLines(items, true), totals: {} };',
        'if (!payment) return { ...withLines(items, true), totals: { total: 0 } };',
      ),
    ],
    noticedBy: ['never-said'],
    test: named('payloads/partner-cases', 'leave the right row: %s'),
  },
  {
    name: 'records-by-name-refused',
    harm: 'a page whose list came as an object is no page, and its orders are nowhere',
    patches: [
      patch(
        'functions/platforms/imotriz/page.ts',
        '  const slices = fields.map(({ value }) => value);\n',
        "  const slices = fields.map(({ value }) => value);\n  if (!isRecord(json)) return { problem: 'data: an object' };\n",
      ),
    ],
    noticedBy: ['missing', 'behind'],
    test: named('payloads/partner-cases', 'give their orders: %s'),
  },
  {
    name: 'odd-metadata-costs-the-page',
    harm: 'good orders beside odd numbers are not read',
    patches: [
      patch(
        'functions/platforms/imotriz/page.ts',
        '  const { metadata, odd } = readMetadata(json);\n',
        "  const { metadata, odd } = readMetadata(json);\n  if (odd.length > 0) return { ok: false, reason: 'broken-envelope', problem: odd.join() };\n",
      ),
    ],
    noticedBy: ['missing', 'behind'],
    test: named('payloads/partner-cases', 'give their orders: %s'),
  },
  {
    name: 'pushes-are-as-good-as-answers',
    harm: 'one forged cancellation stays for ever, whatever the platform answers',
    patches: [
      patch(
        'functions/domain/order-row.ts',
        'if (!fetched && next.asked && apart > 0) return { apply: true };',
        '',
      ),
    ],
    noticedBy: ['behind'],
    test: named(
      'domain/merge-answers',
      'beats a final status that was pushed before we asked: a forged cancellation does not stick',
    ),
  },
  {
    name: 'future-is-believed',
    harm: 'one message from the far future stops all later news of its order',
    patches: [
      patch(
        'functions/domain/order-row.ts',
        'stated > observedAt + PLATFORM_AHEAD_MS ? observedAt : stated',
        'stated > observedAt + PLATFORM_AHEAD_MS * 1e9 ? observedAt : stated',
      ),
    ],
    noticedBy: ['behind'],
    test: named('domain/merge-answers', 'is bounded by the receipt, so that the next change is newer'),
  },
  {
    name: 'older-news-fills-nothing',
    harm: 'a whole message that is older than a bare status is dropped whole',
    patches: [
      patch(
        'functions/domain/filling.ts',
        'return added ? filled : undefined;',
        'return added ? undefined : undefined;',
      ),
    ],
    noticedBy: 'a bare message is the first of its order in these worlds, and what follows it is newer',
    test: named('domain/merge-answers', 'is filled by an older message without moving its status or times'),
  },
];
