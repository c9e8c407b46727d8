import { type Mutation, named, patch } from './mutation.ts';

/** Stock is played by worlds of its own, on a clock of their own: they are tests. */
const OF_ITS_OWN = 'stock has worlds of its own, which are tests and fail on it';
const MOVE = 'functions/domain/stock/move.ts';
const MASTERED = named(
  'outbound/stock/mastered-world',
  'has each sale of the others taken from its number once, whatever is lost, refused or dies',
);
const oversell = (title: string) => named('domain/stock/oversell-world', title);

/** Mistakes in counting what there is, and in telling it. */
export const STOCK: readonly Mutation[] = [
  {
    name: 'stale-base-ends-a-claim',
    harm: 'a number that was read before the booking and sent after it frees what was sold',
    patches: [
      patch(
        'functions/domain/stock/claim.ts',
        'findLast(({ at }) => at < asOf)',
        'findLast(({ at }) => at > 0)',
      ),
    ],
    noticedBy: OF_ITS_OWN,
    playedBy: oversell('claims exactly what is open while its system stands still, and shows what is left'),
    test: named(
      'domain/stock/claim',
      'outlives a number that was read before it was booked, however late that is sent',
    ),
  },
  {
    name: 'believed-at-once',
    harm: 'of a system that never acknowledges every number is believed to know every order',
    patches: [
      patch('functions/domain/stock/claim.ts', 'since + hours * HOUR_MS < asOf', 'since < asOf + hours'),
    ],
    noticedBy: OF_ITS_OWN,
    playedBy: oversell('frees nothing before it is booked where its system never acknowledges'),
    test: named(
      'domain/stock/claim',
      'ends by time where the system never acknowledges, and frees nothing that is only believed',
    ),
  },
  {
    name: 'master-told-a-number',
    harm: 'the platform that counts is told an absolute number, which undoes its own sales',
    patches: [
      patch(
        'functions/domain/stock/sku.ts',
        "if (channel.isMaster === true || linkOf(sku.links, channel).state !== 'linked') continue;",
        "if (linkOf(sku.links, channel).state !== 'linked') continue;",
      ),
    ],
    noticedBy: OF_ITS_OWN,
    playedBy: MASTERED,
    test: named('domain/stock/move', 'is told nothing, and the others follow its number'),
  },
  {
    name: 'own-sale-taken-again',
    harm: 'a sale of the platform that counts is taken from its number a second time',
    patches: [
      patch(
        'functions/outbound/stock/follow-order.ts',
        'if (counted.length === 0) {',
        'if (counted.length >= 0) {',
      ),
    ],
    noticedBy: OF_ITS_OWN,
    playedBy: MASTERED,
    test: named(
      'erp/track',
      'makes no claim of its own orders, and takes from its number what others sold, once',
    ),
  },
  {
    name: 'move-made-again',
    harm: 'a change whose answer was lost is made a second time',
    patches: [
      patch(
        MOVE,
        "return counted.units === Math.max(0, before + change) ? 'made' : 'hidden';",
        "return counted.units === Math.max(0, before + change) ? 'not-made' : 'hidden';",
      ),
    ],
    noticedBy: OF_ITS_OWN,
    playedBy: MASTERED,
    test: named(
      'outbound/stock/move',
      'a function that is killed at any of its awaits leaves the change made once, and nothing claimed',
    ),
  },
  {
    name: 'move-believed-made',
    harm: 'a change that was never made counts as made',
    patches: [
      patch(MOVE, "changedAt !== undefined) return 'not-made';", "changedAt !== undefined) return 'made';"),
    ],
    noticedBy: OF_ITS_OWN,
    playedBy: MASTERED,
    test: named(
      'outbound/stock/move',
      'a function that is killed at any of its awaits leaves the change made once, and nothing claimed',
    ),
  },
  {
    name: 'late-sale-taken-for-our-change',
    harm: 'a change that only a look found made is taken as certain, although a sale that comes late made the number so',
    patches: [patch('functions/outbound/stock/move.ts', 'foundMade(known', 'made(known')],
    noticedBy: OF_ITS_OWN,
    playedBy: MASTERED,
    test: named(
      'outbound/stock/move',
      'and that a look took for made is a person’s to tell once a sale of that minute is heard of',
    ),
  },
  {
    name: 'moves-side-by-side',
    harm: 'a second change of a number begins while nobody knows of the first, and is taken for it',
    patches: [
      patch(
        MOVE,
        '(running === undefined ? moves : [running])',
        '(running === undefined ? moves : [...moves])',
      ),
    ],
    noticedBy: OF_ITS_OWN,
    playedBy: MASTERED,
    test: named(
      'outbound/stock/move',
      'keeps the other changes of the number waiting: they would look like it',
    ),
  },
  {
    name: 'more-given-back-than-taken',
    harm: 'a cancelled line gives back what it asked for, where the platform had less',
    patches: [patch(MOVE, 'Math.max(0, taken - wanted)', 'Math.max(0, settled - wanted)')],
    noticedBy: OF_ITS_OWN,
    playedBy: MASTERED,
    test: named(
      'outbound/stock/move',
      'is given back when it is cancelled: what was really taken, and no more',
    ),
  },
  {
    name: 'claim-of-a-move-ends-early',
    harm: 'what is to be taken from the number is for sale on the other channels until it is taken',
    patches: [
      patch(
        MOVE,
        '1000 * Math.max(0, wanted - settled, (call?.wanted ?? 0) - settled)',
        '1000 * Math.max(0, call === undefined ? wanted - settled : 0)',
      ),
    ],
    noticedBy: 'the number is right again once the change was made: the worlds look at the end',
    test: named('domain/stock/move', 'is a claim also while nobody knows whether the call was made'),
  },
  {
    name: 'told-though-nobody-counts',
    harm: 'channels are told numbers although the configuration says that nobody counts',
    patches: [patch('config/stock.ts', '(master === NOBODY ? undefined : shows)', 'shows')],
    noticedBy: 'it is decided before anything runs',
    test: named('config/stock', 'may be nobody: then no channel is told anything'),
  },
  {
    name: 'overtaken-job-believed',
    harm: 'a product that was taken off sale at once comes back by a job of before, and stays on sale',
    patches: [
      patch(
        'functions/domain/stock/job-ends.ts',
        'return last.from > from && !sameDisplay(last.display, display);',
        'return false;',
      ),
    ],
    noticedBy: 'no shop in the worlds of stock works in jobs',
    test: named(
      'outbound/stock/follow-jobs',
      'that was overtaken by a call of the moment may have undone it: the channel is told once more',
    ),
  },
  {
    name: 'bypassing-sale-believed',
    harm: "an order that takes nothing off its platform's number counts as if it did, and the goods are sold twice",
    patches: [
      patch(
        'functions/domain/stock/sale.ts',
        "selling.length === 1 && !channel.bypassedBy?.includes(sale.through ?? '')",
        'selling.length === 1',
      ),
    ],
    noticedBy: 'no shop in the worlds of stock sells past its own number',
    test: named(
      'domain/stock/sku',
      'is told at once of an own sale by a way that may leave its number as it is',
    ),
  },
  {
    name: 'call-too-much-made-again',
    harm: 'a call that the platform found too much is made again at its size, and refused again',
    patches: [
      patch(
        'functions/outbound/stock/narrowing.ts',
        'Math.floor(Math.min(most, told) / 2)',
        'Math.floor(most / 2)',
      ),
    ],
    noticedBy: 'none limits a call by its size; `npm run bench -- stock` does, and fails on it',
    test: named(
      'outbound/stock/tell',
      'makes it smaller than it was, where it was less than it might have been',
    ),
  },
  {
    name: 'failing-outlet-keeps-all',
    harm: 'an outlet that fails keeps the stock of all others from being told',
    patches: [patch('functions/outbound/stock/walk.ts', 'if (channels.size === of)', 'if (of > 0)')],
    noticedBy: 'none has more SKUs than one call names, and an outlet that fails',
    test: named(
      'outbound/stock/tell',
      'keeps no SKU from other outlets because one fails, however many wait for that',
    ),
  },
  {
    name: 'stock-behind-prices',
    harm: 'what was sold stays for sale until a whole list of prices is told',
    patches: [
      patch(
        'functions/storage/stock-due.ts',
        "note(pricing?.marks ?? {}, 'prices')",
        'note(pricing?.marks ?? {})',
      ),
    ],
    noticedBy: 'none has more prices than one call names',
    test: named('outbound/stock/tell-prices-last', 'keeps no stock waiting that changes while it is told'),
  },
  {
    name: 'told-in-another-currency',
    harm: 'a product is sold at the number of a price in another currency',
    patches: [
      patch(
        'functions/domain/stock/pricing.ts',
        'if (currency !== wanted.currency) {',
        "if (currency === '') {",
      ),
    ],
    noticedBy: OF_ITS_OWN,
    test: named(
      'domain/stock/pricing',
      'is not told where the product is sold in another currency, and stands as refused once',
    ),
  },
  {
    name: 'outlet-by-its-id-alone',
    harm: 'an order that names its outlet by the merchant’s own code takes goods of any place',
    patches: [
      patch(
        'functions/domain/stock/channel.ts',
        '[outletId, ownCode].includes(sold.outletId)',
        '[outletId].includes(sold.outletId) && ownCode !== null',
      ),
    ],
    noticedBy: OF_ITS_OWN,
    test: named(
      'config/stock',
      'lets an order take from the place of its outlet, by whichever of its two names the order calls it',
    ),
  },
  {
    name: 'overtaken-prices-believed',
    harm: 'a job that is worked on late leaves an older price than the one that is believed to be shown',
    patches: [
      patch(
        'functions/domain/stock/job-ends.ts',
        'last.at > from && !samePrices(last.prices, prices)',
        'last.at < from && !samePrices(last.prices, prices)',
      ),
    ],
    noticedBy: OF_ITS_OWN,
    test: named(
      'outbound/stock/follow-jobs',
      'that was overtaken by prices of the moment may have undone them: the channel is told once more',
    ),
  },
];
