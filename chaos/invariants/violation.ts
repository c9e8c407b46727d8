/** The promises of the README, as far as a world can check them. */
export const INVARIANTS = {
  missing: 'every order that was delivered to our side has a row',
  'lost-untold': 'a read that took orders off their platform, and lost them, is told to a person',
  behind: "each row is in the platform's last state that was delivered to our side, and says so",
  'never-said': 'a row holds only what its platform once said',
  'goes-back':
    'no write takes an order back: its source time never falls unless the platform took it back, and a state it has left never returns; an answer to our own question was no earlier state when we asked',
  'final-left': 'nothing that was pushed leaves a final status',
  'lost-update': 'every write of a row builds on the one before it',
  'over-limit': "no call is refused for a platform's limit",
  'dead-letter': 'only poison is in a dead-letter queue',
  'poison-dropped': 'what nobody can understand is visible: a row with a reason, or a dead letter',
  'bytes-missing': 'the bytes that a row was made from are in the table before the row',
  'bytes-expiry': 'the bytes of a platform expire after the days that are configured',
  'two-readers': 'one reader at a time of what reading takes away',
  'two-runs': 'one reconciliation of a store at a time',
  'erased-person': 'whoever was erased is nowhere any more, whatever comes of the order later',
  stuck: 'once the faults are over, everything comes to rest',
  'personal-data': "no log line holds a buyer's data or a secret",
  'called-while-paused':
    'a platform that refused our credential is asked by one probe at a time, and no more',
  'feed-gap': 'numbers of events follow each other, in the feed and for each of its readers',
  'feed-rewritten':
    'a number of the feed is one event for ever, whatever is restored and however long nothing happens',
  'feed-missing':
    'every change of an order has its event in the feed, or its newest state after events were lost, and each reader knows it in the end',
  'feed-order': 'of each order, the first occurrences of its events come in the order of its changes',
  'feed-id': 'an id names one event',
  'feed-reset': 'no reader has to begin anew without a reason',
  'feed-personal': 'no event and no delivery holds personal data',
  'effect-unwritten': 'nothing is changed for a command before the table says that its call begins',
  'effect-twice': 'a command has its effect once, whatever crashes',
  'effect-missing':
    'a command that is done has its effect, and one that was refused, failed or expired has none',
  'doubt-repeated': 'what would harm twice is not called again while nobody knows whether it had its effect',
  'needless-doubt': 'a person is asked only where nobody can know',
  unseen: 'what counts as seen was looked at after its call, and is found where nobody undid it',
  'two-dispatchers': 'one run at a time works on the commands of an order',
  'command-order':
    'commands of an order run in order, and none that moves it runs while an earlier one is in doubt; nor does one of a product or customer',
  'command-late': 'no call begins after the time of its command is over',
  'command-twice': 'an id of a client is one command',
  'command-rewritten': 'how a command ended stays, unless a person decides',
  'command-lost': 'each command that was accepted ends, though every message of it is lost',
  'put-stuck':
    'each product and customer that was accepted comes to an end, and says why where it is not done',
  'put-twice': 'each product, image, category and customer that is written exists once',
  'put-missing':
    'a product or customer that is done is as it was wanted last; what a shopkeeper changed meanwhile may stay',
  'put-refused': 'a product is refused only where another one has its SKU, and a customer never',
  'put-again': 'a product that is sent again as it is costs no command',
  'sku-of-two': 'no SKU that is written is of two variants',
  'invited-unasked': 'no customer is invited unless that is asked for, and none twice',
  undelivered: 'the endpoint gets every event, however long it was down',
  'delivered-at-once': 'calls about one order never overlap',
  'probed-often': 'an endpoint that fails is called once in five minutes',
} as const;
export type Invariant = keyof typeof INVARIANTS;

/** A promise that a world saw broken. */
export interface Violation {
  invariant: Invariant;
  /** Ms after the world's start. */
  at: number;
  /** What was seen; ids and times only. */
  detail: string;
}

/** Takes note of a broken promise, with what was seen. */
export type Report = (invariant: Invariant, detail: string) => void;
