/** A fact about a platform that our code relies on, and part of the title of the test that fails when we stop following it. */
export interface Fact {
  fact: string;
  test: string;
}

export const FACTS: Readonly<Record<string, readonly Fact[]>> = {
  Nuvemshop: [
    {
      fact: 'A subscription is one event and one https address',
      test: 'makes the subscriptions those that are wanted',
    },
    { fact: 'Events of orders name the order in id', test: 'names the order of an order event by id' },
    {
      fact: 'Events of fulfilment orders have no id',
      test: 'names the order of a fulfilment order event by order_id',
    },
    { fact: 'Ids come as numbers and as texts', test: 'takes ids as numbers and as texts' },
    { fact: 'Privacy notices carry no event', test: 'which has no event: its address is its topic' },
    {
      fact: 'Webhooks are signed: hex HMAC-SHA256 of the raw body',
      test: 'is lower-case hex HMAC-SHA256 of the raw body',
    },
    {
      fact: 'An answer is due within 3 s',
      test: 'ends before the platform hangs up, also when it starts cold and all AWS calls hang: 3 s',
    },
    { fact: 'Events come twice and out of order', test: 'are fetched once for all the events of a batch' },
    {
      fact: 'An identical body is an event of its own',
      test: 'are not fetched for an event received before the last fetch began',
    },
    { fact: 'Removed: no call at all', test: 'removed: not one call is made for it' },
    {
      fact: 'Nothing is sent while the app is suspended',
      test: 'asks for a reconciliation from an hour before it opened',
    },
    { fact: 'A code is good for five minutes, and once', test: 'a code that is older than five minutes' },
    { fact: 'The state comes back with the code', test: 'names the app and carries the state' },
    { fact: 'A new token ends the old one', test: 'goes on with the new token after a reinstallation' },
    { fact: 'Header Authentication, mandatory User-Agent, JSON', test: 'carries what the reference demands' },
    {
      fact: 'Bucket of 40 that drains 2 a second, ten times that on large plans',
      test: 'is learnt from the headers, on both plans',
    },
    { fact: 'The reset is in milliseconds', test: 'reads size, remaining and reset, the reset in ms' },
    {
      fact: 'Calls inside the bucket queue in the server',
      test: 'waits longer than a full bucket takes to drain',
    },
    { fact: 'What does not fit is refused with 429', test: 'answers the 41st call at once with 429' },
    { fact: 'Up to 200 a page, next page by Link', test: 'ask for 200 a page and follow Link to the end' },
    { fact: 'Order lists end at 10,000', test: 'sliced beyond 10,000' },
    { fact: 'Filters of lists', test: 'send every documented filter as the reference spells it' },
    {
      fact: 'Amounts are decimal texts, quantities texts or numbers',
      test: 'reads lines by their own id, with quantities as texts or numbers',
    },
    { fact: 'Line ids exceed int32', test: 'keeps the digits of a line id beyond int32' },
    { fact: 'The words for order, payment and shipping', test: 'the words of Nuvemshop' },
    { fact: 'Times carry offsets without a colon', test: 'offsets without a colon and PHP objects included' },
    { fact: 'Fulfilments are empty for a while', test: 'and none right after the order was placed' },
    { fact: 'No call pays an order', test: 'refuses status paid without a call' },
    { fact: 'PUT takes owner_note and status', test: 'refuses fields that PUT does not take' },
    {
      fact: 'Cancelling mails and restocks by default',
      test: 'always says reason, email and restock when it cancels',
    },
    { fact: 'At most 50 variants a call of stock and price', test: 'sends at most 50 variants a call' },
    { fact: 'Each variant succeeds or fails by itself', test: 'tells for each variant whether it succeeded' },
    { fact: 'Without the variant a stock call changes all', test: 'always names the variant' },
    { fact: 'A stock level needs its stock', test: 'refuses a level without its stock' },
    { fact: 'A store has 1,000 categories at most', test: 'is one beyond the 1,000 of a store' },
    { fact: 'Order of states of a fulfilment order', test: 'cannot be moved by what the platform refuses' },
    { fact: 'A repeated tracking event is a 400', test: 'take an identical tracking event for a success' },
    {
      fact: 'Tracking begins when it was dispatched',
      test: 'need to be dispatched before their first tracking event',
    },
    { fact: 'What is shipped is delivered by an event', test: 'of what is shipped is an event' },
    { fact: 'An invoice names its parcel', test: 'of a parcel names it' },
    { fact: 'Invoices share one metafield with other apps', test: 'never loses what another app wrote' },
    { fact: 'Placeholders for data nobody gave', test: 'leaves out what the platform fills in for nobody' },
    { fact: '402 closes the whole API', test: '402 stops the platform with a remedy' },
    { fact: 'Errors of fields have three shapes', test: 'is reported in one line: the three shapes of 422' },
  ],
  PedidosYa: [
    {
      fact: 'One host for all countries',
      test: 'goes to the one host of the brand unless configured otherwise',
    },
    {
      fact: 'Bearer token; order_id is the key',
      test: 'reading orders (documented: hosts, paths, Bearer token',
    },
    {
      fact: 'Lists end in /orders, 60 days back',
      test: 'listing orders (documented: the /orders suffix, 60 days',
    },
    {
      fact: 'Client credentials are form-encoded',
      test: 'tokens of client credentials (documented: form-encoded',
    },
    { fact: 'Static tokens do not expire', test: 'static tokens (documented: never expire' },
    {
      fact: 'READY_FOR_PICKUP where PedidosYa carries',
      test: 'is ready for pickup when PedidosYa carries it',
    },
    { fact: 'DISPATCHED where the merchant carries', test: 'is dispatched when the merchant carries it' },
    { fact: 'CANCELLED needs a reason', test: 'is cancelled with a reason (documented)' },
    { fact: 'With pelican picking no status is pushed', test: 'pelican picking (documented)' },
    { fact: 'A cart is edited before the fulfilment', test: 'comes too late after the fulfilment' },
    { fact: 'No webhook follows an edit of the cart', test: 'sends no webhook, and is what' },
    { fact: 'A cancellation comes before the hand-over', test: 'is taken until the hand-over' },
    { fact: 'The forms of an update', test: 'a change that is not as documented is refused' },
    { fact: 'Item states', test: 'given up or replaced count nothing' },
    { fact: 'Goods by weight count what was picked', test: 'of goods by weight count in kilograms picked' },
    {
      fact: 'The body of the webhook is the order',
      test: 'becomes a normalised order (documented: ids, statuses',
    },
    { fact: '60 calls a minute, then a page', test: 'over 60 a minute meets HTML' },
    { fact: 'One product at once, several as a job', test: 'several become a job (documented: 202)' },
    { fact: 'Price above 0 with at most 3 decimals', test: 'a price of 4 decimals (documented)' },
    { fact: 'Quantities are whole', test: 'half a piece (documented)' },
    { fact: 'Own codes replace store ids', test: 'uses the own code of an outlet that was remapped' },
    { fact: 'Two spellings of the sales limit', test: 'spells the sales limit as configured' },
    { fact: 'active: false always wins', test: 'a product change as it is sent (documented' },
    { fact: 'Columns of an export', test: 'of an export (documented: columns)' },
    {
      fact: 'The webhook secret comes verbatim',
      test: 'is accepted with any of the secrets during a rotation',
    },
  ],
  iMotriz: [
    { fact: 'Raw token, without Bearer', test: 'are asked for with the raw token, without Bearer' },
    { fact: 'Four hosts by country', test: 'the host of %s is %s' },
    { fact: 'At most 30 a page', test: 'come 30 at most' },
    { fact: 'Reading marks as synchronised', test: 'are never asked for again by themselves' },
    { fact: 'data[] and three numbers', test: 'a page of new orders (documented: data[]' },
    { fact: 'Ids of the last 8 days', test: 'give every id of the last 8 days' },
    { fact: '401: the token is replaced', test: '401: stops the platform and says where the token is made' },
    { fact: '403: no start date', test: '403: stops the platform and names the place' },
    { fact: '404: outside the window', test: '404: an order outside the window is not found' },
  ],
};
