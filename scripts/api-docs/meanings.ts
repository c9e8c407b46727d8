import type { CommandName, CommandState } from '../../functions/domain/command.ts';
import type { EventType } from '../../functions/domain/event.ts';
import type { ProblemCode } from '../../functions/erp/api/problem.ts';
import type { Scope } from '../../functions/erp/tokens.ts';

/** What the documents say of words that the code only lists. A word without a meaning does not compile. */

export const SCOPE_MEANINGS: Readonly<Record<Scope, string>> = {
  'orders:read': 'read events and orders without the buyer, and acknowledge orders',
  'orders:personal': 'see the buyer, the recipient and addresses, and what the platform itself sent',
  commands: 'change orders at the platforms: status, tracking, cancellation, invoice',
  stock: 'send stock and prices',
  catalogue: 'send and read products',
  customers: 'read and send customers, without their data',
  'customers:personal': "see customers' data, and send it",
  'platform:read': "read from a platform's own API",
  'platform:write': "write to a platform's own API",
};

export const EVENT_MEANINGS: Readonly<Record<EventType, string>> = {
  'order.created': 'An order is new here. `to` is its status.',
  'order.updated': 'The content changed: `changed` names the fields, `from` and `to` the status if that did.',
  'order.cancelled': 'The order was cancelled.',
  'order.attention':
    'What the platform sent last could not be understood, or a person has to look; the order stays as it was.',
  'order.redacted': 'The data of the person was erased for good. Erase it on your side.',
  'command.done':
    'A command has its effect at the platform. `command.seen` false: the platform does not show it.',
  'command.refused': 'The platform, or its rules, refused a command. `GET /v1/commands/{id}` says why.',
  'command.failed': 'A command had no effect, and nobody tries it any more.',
  'command.in_doubt':
    'Nobody knows whether a command had its effect. The operator looks, and another event tells how it ended.',
  'command.expired': 'The time of a command was over before it could be carried out.',
  'stock.oversold': 'More of a SKU was sold than there is; `key` is `stock:<sku>`. Read its stock.',
  'stock.rejected':
    'A platform refuses the stock or the prices of a SKU; `key` is `stock:<sku>`. Read its stock: `rejected` or `pricesRejected` says why.',
  'stock.drift':
    'A channel shows something else than it was told; `key` is `stock:<sku>`. Read its stock: it says what became of it.',
  'stock.unlinked':
    'No channel has a product with the SKU, or orders take it and you never said how many there are; `key` is `stock:<sku>`.',
  'product.created': 'A product is new here, or the platform has it again.',
  'product.updated': 'The content changed: `changed` names the fields.',
  'product.removed': 'The platform has the product no more. What was known of it stays readable.',
  'product.attention': 'What the platform said last could not be understood; the product stays as it was.',
  'customer.created': 'A customer is new here, or the platform has it again.',
  'customer.updated':
    'The content changed: `changed` names the fields, `personal` for everything that names the person.',
  'customer.deleted':
    'The platform has the customer no more. Its person is erased here; what names nobody stays readable.',
  'customer.attention': 'What the platform said last could not be understood; the customer stays as it was.',
  'customer.redacted': 'The data of the person was erased for good. Erase it on your side.',
};

export const EVENT_FIELDS: Readonly<Record<string, string>> = {
  seq: 'Number in the feed, from 1 on, without a gap.',
  id: 'The same whenever the event comes again. Store it to tell repeats.',
  type: 'See above.',
  at: 'When the change was written, ISO 8601 in UTC.',
  key: '`id` of the order that changed, or that the command is for: `platform:store:order`; of a product `platform:store:product:id`, of a customer `platform:store:customer:id`.',
  version:
    'Version of the content after the change; the same as before where only the state changed. Absent from events of commands.',
  command:
    'Of events of commands: whose it is (`client`, `id`), its `name`, and whether the effect was there `already` or `seen`.',
  changed: 'Names of the fields that are not as they were. Absent where nobody knows.',
  from: 'Status before; absent where it did not change.',
  to: 'Status after; absent where it did not change.',
  caughtUp: 'The newest state, told after events were lost. There may have been others in between.',
};

export const COMMAND_MEANINGS: Readonly<Record<CommandName, string>> = {
  ready: 'It is packed: it can be fetched, or handed to the carrier.',
  dispatch: 'It has left, and this is what it is tracked by.',
  track: 'Something happened to a parcel on its way.',
  deliver: 'The buyer has it.',
  cancel: 'It will not be delivered.',
  items: 'Lines are changed, taken off, replaced or added.',
  invoice: 'Its invoice.',
  note: "The merchant's own note becomes this text.",
  close: 'It is done with, and leaves the list of open orders.',
  reopen: 'A closed order is open again.',
  pay: 'It is paid.',
};

export const COMMAND_STATE_MEANINGS: Readonly<Record<CommandState, string>> = {
  accepted: 'kept; nobody has begun with it',
  running: 'begun; `waitsUntil` says when it goes on, if it waits',
  done: 'the effect is there. `already`: it was before we made a call. `seen` false: the platform does not show it',
  refused: 'the platform, or its rules, refused it: `reason`, `platformSays`',
  failed: 'it had no effect, and nobody tries it any more',
  in_doubt: 'nobody knows whether it had its effect. The operator looks, and it ends after that',
  expired:
    'its time was over before it was carried out; no call was made, none had an effect, or `reason` says how many of several had',
};

/** By the name within the input; the same in every command that has it. */
export const COMMAND_INPUT_MEANINGS: Readonly<Record<string, string>> = {
  parcel:
    'A parcel of the order, by its id; all of them when absent. commands.md says where one has to be named.',
  carrier: 'Who carries it.',
  code: 'The code that the carrier tracks it by.',
  url: 'Where the buyer can follow it.',
  notify: 'Whether the platform writes to the buyer. Never unless asked.',
  status: 'What happened.',
  description: 'What happened, in words.',
  happenedAt: 'When it happened; now when absent. No more than a day ahead of our clock.',
  reason: 'Why. A platform may take some of them only.',
  restock: 'Whether the platform puts the units back into its own stock.',
  comment: 'More about it.',
  lines: 'Lines after the change. Those that are not named stay as they are.',
  'lines[].line': 'Id of the line, as the order has it.',
  'lines[].quantity': 'What is left of it; 0 takes it off.',
  'lines[].weightKg': 'Of what is sold by weight, in kilograms.',
  'lines[].replacedBy': 'What is sent in its place.',
  'lines[].replacedBy.sku': 'SKU of a product of the platform.',
  'lines[].replacedBy.quantity': 'How many of it.',
  'lines[].replacedBy.unitPrice': "Of one, in the order's currency; what the catalogue says when absent.",
  added: 'Products that were not ordered.',
  'added[].sku': 'SKU of a product of the platform.',
  'added[].quantity': 'How many of it.',
  'added[].unitPrice': "Of one, in the order's currency; what the catalogue says when absent.",
  key: "The invoice's own key, by which it is never entered twice.",
  link: 'Where it can be read.',
  replace: 'Puts another link in the place of the one that the key has.',
  text: 'The whole note. Empty takes it away.',
};

export const PROBLEM_MEANINGS: Readonly<Record<ProblemCode, string>> = {
  'route-unknown': 'The path is wrong. Paths end without a slash and begin with `/v1/`.',
  'method-not-allowed': 'The header `Allow` names the methods that the path takes.',
  'token-missing': 'Send the header `Authorization: Bearer acp_...`.',
  'token-malformed': 'The token is cut off or mistyped: its check does not fit.',
  'token-unknown': 'It was revoked, or is of another deployment. Ask the operator for a new one.',
  'scope-missing': '`scope` names what the token lacks. Ask the operator for a token that has it.',
  'body-too-large': 'Send it in smaller pieces; the limit is in the table of routes.',
  'body-type': 'Send `Content-Type: application/json`, without `Content-Encoding`.',
  'body-not-json': 'The body is empty, no JSON, no UTF-8, or nested deeper than 64 levels.',
  'field-named-twice':
    'Only one of the two values could count, and nobody knows which is meant. `errors` points to the field. Nothing was done.',
  'request-invalid': '`errors` points to each wrong field. Nothing was done or stored.',
  'cursor-invalid': 'Send the cursor exactly as it was answered.',
  'cursor-of-other-filters':
    'A cursor goes with its route and filters. Send those, or begin with the new filters without a cursor.',
  'cursor-expired': 'See "The feed": list what changed, then follow from `oldest`.',
  'feed-reset': 'See "The feed": take the head anew, list all orders once.',
  'order-unknown': 'No order has this id. Is it percent-encoded as a whole?',
  'product-unknown': 'No product has this id. Is it percent-encoded as a whole?',
  'customer-unknown': 'No customer has this id. Is it percent-encoded as a whole?',
  'location-unknown': 'The store has no location with this id. GET /v1/locations lists those that there are.',
  'location-ambiguous':
    'Several locations of the store have this name, and none is known as yours. Rename one in the panel of the platform, or change one by the platform’s id.',
  'plan-limit':
    '`plan` is the plan that the store has at its platform. Change it there, or change a location that there is.',
  'version-ahead':
    'The order has only `currentVersion`. Read it again; after a restore the versions may have gone back.',
  'command-refused': '`detail` says why, and what to do instead. Nothing of the command is kept.',
  'command-id-reused': 'Another command of yours has this id, and stands. Choose a new id.',
  'command-unknown': 'You gave no command with this id; what was refused when it was given is not kept.',
  'version-mismatch':
    'The order has `currentVersion`. Read it, and decide whether the command is still wanted.',
  'store-unknown': '`detail` names the stores that there are. Say one with the parameter `store`.',
  'endpoint-unknown':
    'docs/platforms.md lists the calls of each platform. A path has no slash at its end, and its letters are as they are there.',
  'endpoint-kept': 'It would go round something of ours. `detail` says what, and what to use instead.',
  'platform-refused':
    '`platformStatus` is the status that it answered with, `platformSays` what it says in its own words. The same call again is refused again.',
  'answer-too-large': 'Ask for less at once, by the parameters of the platform.',
  'platform-stopped': 'It refuses the credential or the account; the operator is told. `detail` says why.',
  'platform-busy': 'Its limit is used up, or it does not answer. Nothing was done; wait `Retry-After`.',
  'outcome-unknown':
    'The call was made and its answer is lost. Nobody repeats it. `retry` is `new-key` of a call that is passed on: look at the platform before you send it again under another key. It is `same-key` of locations, which are looked at before anything is called: send the same again.',
  'stock-off': 'The merchant’s configuration says nothing of stock. Ask the operator.',
  'stock-not-owner': 'Only the client that the configuration names as `stock.owner` says how many there are.',
  'stock-of-platform':
    'The configuration names a platform as `stock.master`. Change the number there: the other channels follow it.',
  'mass-zero':
    'More than 20 SKUs and more than a fifth of all or 4,000 would go to zero within 15 minutes, over all calls. Nothing of this call was kept. If it is meant, send it with `massZero: "confirmed"`.',
  'sku-unknown': 'Neither your system nor an order has named the SKU. Look at how it is written.',
  'idempotency-key-reused': 'Another body came with this key within 24 hours. Choose a new key.',
  'idempotency-key-running': 'Wait for `Retry-After`, then send it again with the same key.',
  unavailable: 'A table or a secret does not answer. Wait for `Retry-After`; nothing is lost.',
  internal:
    'A mistake of ours. Send it again with the same key; if it stays, tell the operator the `requestId`.',
};
