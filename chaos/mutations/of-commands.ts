import { type Mutation, named, patch } from './mutation.ts';

const DISPATCH = 'functions/outbound/commands/dispatch.ts';
const PROGRESS = 'functions/outbound/commands/progress.ts';
const LEASES = 'functions/storage/command-leases.ts';
const STORE = 'functions/storage/commands.ts';

/** Mistakes with commands: one effect, in order, to the end. */
export const COMMANDED: readonly Mutation[] = [
  {
    name: 'order-lease-ignored',
    harm: 'two runs work on the commands of one order',
    patches: [patch(LEASES, 'OR holder = :owner)', 'OR holder = :owner OR attribute_exists(heldUntil))')],
    noticedBy: ['two-dispatchers', 'effect-twice'],
    test: named('storage/commands', 'is one run at a time'),
  },
  {
    name: 'fence-ignored',
    harm: 'a run that lost its order, because its lease was too short, writes over what came after it',
    patches: [
      patch(
        'functions/outbound/commands/lease-ms.ts',
        'export const LEASE_MS = 150_000;',
        'export const LEASE_MS = 500;',
      ),
      patch(LEASES, '`fence <= :fence$', '`(fence <= :fence OR fence > :fence)$'),
    ],
    noticedBy: ['command-rewritten'],
    test: named('storage/commands', 'refuses the writes of whoever had it before'),
  },
  {
    name: 'called-before-written',
    harm: 'a call is made before the table says that it begins, so that nobody knows of one that was cut off',
    patches: [patch(DISPATCH, 'if (!(await dispatcher.leases.write(lease, begun))) return undefined;', '')],
    noticedBy: ['effect-unwritten'],
    test: named('outbound/commands/dispatch', 'is written down before it is made'),
  },
  {
    name: 'answer-taken-for-effect',
    harm: 'what the platform answered with a success is never looked at again',
    patches: [
      patch(
        DISPATCH,
        'return answered(begun, clock.now());',
        "return { ...answered(begun, clock.now()), state: 'done', seen: true, eventCount: begun.eventCount + 1 };",
      ),
    ],
    noticedBy: ['unseen'],
    test: named('outbound/commands/crashes', 'counts as done, with an alarm, where it was the only call'),
  },
  {
    name: 'second-answer-decides',
    harm: 'a write that broke off and was refused at its repetition counts as never made',
    patches: [
      patch(
        'functions/http/transport.ts',
        'return writes ? { ...response, mayHaveActed: true } : response;',
        'return response;',
      ),
    ],
    noticedBy:
      'a write has to break off there, and its repetition to be refused: of two thousand worlds one has that',
    test: named(
      'http/transport',
      'says of a write that was made twice that the first time may have had its effect, whatever the second answer is',
    ),
  },
  {
    name: 'unknown-taken-for-not-made',
    harm: 'a call whose answer was lost counts as never made',
    patches: [
      patch(
        'functions/outbound/commands/failures.ts',
        "if (error.outcomeUnknown || error.kind === 'invalid-response') return outcomeUnknown(command, now);",
        "if (error.kind === 'invalid-response') return outcomeUnknown(command, now);",
      ),
    ],
    noticedBy: ['effect-missing', 'effect-twice'],
    test: named('outbound/commands/crashes', 'has its effect once, or is in doubt'),
  },
  {
    name: 'doubtful-call-repeated',
    harm: 'what would harm twice is called again while nobody knows whether it had its effect',
    patches: [patch(PROGRESS, "const mayHarm = twice === 'harmful'", "const mayHarm = twice === 'never'")],
    noticedBy: ['doubt-repeated'],
    test: named(
      'outbound/commands/progress',
      'for the last time leaves a person to decide where twice would harm',
    ),
  },
  {
    name: 'mail-repeated',
    harm: 'a dispatch that mails the buyer is never seen as done, and mails again',
    patches: [
      patch(
        'functions/platforms/nuvemshop/commands/sending.ts',
        'if (isSent(parcel) && !newCode && !newUrl) return undefined;',
        'if (isSent(parcel) && !newCode && !newUrl && !notify) return undefined;',
      ),
      // A step that is named by what is wanted is called once in any case.
      patch(
        'functions/platforms/nuvemshop/commands/sending.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of the file.
        'notify ? `DISPATCHED, told ${code} ${url}` : JSON.stringify(next.patch)',
        'JSON.stringify(next.patch)',
      ),
    ],
    noticedBy: ['effect-twice'],
    test: named(
      'platforms/nuvemshop/commands/sending.sim',
      'given twice with a mail, mails once, and says that the mail cannot be seen',
    ),
  },
  {
    name: 'invoice-entered-again',
    harm: 'an invoice that stands in the list is written behind it once more',
    patches: [
      patch(
        'functions/platforms/nuvemshop/commands/invoice-list.ts',
        'const same = found.some((entry) => entry?.key === wanted.key && agrees(entry, wanted));',
        'const same = found.filter((entry) => entry?.key === wanted.key && agrees(entry, wanted)).length > 1;',
      ),
      patch(
        'functions/platforms/nuvemshop/commands/invoice-list.ts',
        'const index = found.findIndex((entry) => entry?.key === wanted.key);',
        'const index = -1;',
      ),
    ],
    noticedBy: ['effect-twice'],
    test: named('platforms/nuvemshop/commands/invoice.sim', 'is there once, given five times'),
  },
  {
    name: 'command-calls-open-circuit',
    harm: 'commands call a platform that refused the credential, on and on',
    patches: [
      patch(
        DISPATCH,
        'if (!permission.allowed) return',
        'if (!permission.allowed && permission.retryAt === 0) return',
      ),
    ],
    noticedBy: ['called-while-paused'],
    test: named('outbound/commands/dispatch', 'calls nobody while the circuit is open, and waits for it'),
  },
  {
    name: 'term-ignored',
    harm: 'a command is carried out after the time in which it was wanted',
    patches: [
      patch(
        DISPATCH,
        'if (command.calledAt === undefined && clock.now() >= command.giveUpAt)',
        'if (clock.now() < 0)',
      ),
      patch(PROGRESS, 'if (now >= command.giveUpAt) return { written: expired(fine, now) };', ''),
    ],
    noticedBy: ['command-late'],
    test: named('outbound/commands/dispatch', 'calls nobody once its time is over'),
  },
  {
    name: 'waiting-command-overtaken',
    harm: 'a command that waits lets the next one of its order go first',
    patches: [
      patch(
        PROGRESS,
        'return { dueAt: Math.min(command.dueAt, ...unbegun.map(({ giveUpAt }) => giveUpAt)) };',
        'continue;',
      ),
    ],
    noticedBy: ['command-order'],
    test: named('outbound/commands/progress', 'wait behind one that waits'),
  },
  {
    name: 'doubt-holds-nothing-up',
    harm: 'an order is moved on while nobody knows whether an earlier command moved it',
    patches: [patch(PROGRESS, 'blocked ||= moves;', '')],
    noticedBy: ['command-order'],
    test: named('outbound/commands/progress', 'wait, as %s does, behind one that is in doubt'),
  },
  {
    name: 'sweep-tells-no-dispatcher',
    harm: 'a command whose message was lost is never carried out',
    patches: [
      patch(
        'functions/erp/overdue-commands.ts',
        'await hint(key).catch((error: unknown) => void failures.push(error));',
        'await Promise.resolve(key).catch((error: unknown) => void failures.push(error));',
      ),
    ],
    noticedBy: ['stuck', 'command-lost'],
    test: named(
      'erp/overdue-commands',
      'brings every command to its end, though every other message is lost',
    ),
  },
  {
    name: 'tries-used-up-at-once',
    harm: 'a command that has seven days fails because the platform lost every write of a quarter of an hour',
    patches: [patch(PROGRESS, 'return now < againAt ?', 'return now < 0 ?')],
    noticedBy:
      'a platform has to lose every write of a quarter of an hour, and to answer the looks between them',
    test: named(
      'outbound/commands/progress',
      'lets the call be made again at once, then after five minutes, a quarter of an hour, and each hour',
    ),
  },
  {
    name: 'outcome-erased-with-the-person',
    harm: 'a person is asked about a call that was answered, because its command was erased before the answer was written',
    patches: [
      patch(
        'functions/outbound/commands/keep.ts',
        'const bare = command.erased ? undefined : withoutPerson(command);',
        'const bare = command.erased || withoutPerson(command) ? undefined : command;',
      ),
    ],
    noticedBy:
      'an erasure has to come in the milliseconds between an answer and its being written: of two thousand worlds one has that',
    test: named(
      'outbound/commands/erased',
      'is done when the platform answered its call before the erasure, and no person is asked',
    ),
  },
  {
    name: 'lease-given-back-over-news',
    harm: 'a run that ends forgets a command that came meanwhile',
    patches: [
      patch(
        LEASES,
        "ConditionExpression: 'fence = :fence AND changes = :changes',",
        "ConditionExpression: 'fence = :fence AND (changes = :changes OR attribute_exists(changes))',",
      ),
    ],
    noticedBy:
      'a command has to come in the milliseconds in which a run of its order ends, and its own message has to be lost too',
    test: named('storage/commands', 'is not given back over a command that came meanwhile'),
  },
  {
    name: 'command-id-forgotten',
    harm: 'a command that is sent again is a second command',
    patches: [
      patch(
        'functions/outbound/commands/accept.ts',
        'return known === undefined ? judge(acceptor, given) : knownAs(known, hashOf(given));',
        'return judge(acceptor, given);',
      ),
      patch(STORE, 'if (known !== undefined) return { ...known, known: true };', ''),
      patch(
        STORE,
        "ConditionExpression: 'attribute_not_exists(pk)',",
        "ConditionExpression: 'attribute_not_exists(pk) OR attribute_exists(pk)',",
      ),
    ],
    noticedBy: ['command-twice'],
    test: named('storage/commands', 'keeps the same id once, however often and wherever it comes'),
  },
  {
    name: 'end-of-command-untold',
    harm: 'the merchant’s own system is never told how a command ended',
    patches: [
      patch(
        'functions/outbound/commands/endings.ts',
        'eventCount: command.eventCount + 1,',
        'eventCount: command.eventCount,',
      ),
    ],
    noticedBy: ['feed-missing'],
    test: named('outbound/commands/dispatch', 'counts one event when it ends, and none before'),
  },
];
