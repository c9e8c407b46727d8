const logs = (id: string): string[] => [`logs:CreateLogStream ${id}Logs`, `logs:PutLogEvents ${id}Logs`];
/** Actions on the items of the control table whose partition keys begin so. */
const items = (begin: string, ...actions: string[]): string[] =>
  actions.map((one) => `dynamodb:${one} Control ${begin} ${begin}#*`);
const rows = (platform: string, ...actions: string[]): string[] =>
  actions.map((one) => `dynamodb:${one} Orders ${platform}#*`);
const record = (platform: string) => rows(platform, 'GetItem', 'PutItem', 'DeleteItem', 'Query');
const circuitOf = (platform: string) => items(`circuit#${platform}`, 'GetItem', 'UpdateItem', 'DeleteItem');
/** What everything needs that calls a platform. */
const call = (platform: string): string[] => [
  ...items(`bucket#${platform}`, 'UpdateItem'),
  ...circuitOf(platform),
  ...items(`reconcile#${platform}`, 'UpdateItem'),
];
const hold = (begin: string) => items(begin, 'PutItem', 'DeleteItem');
const reconcile = (platform: string): string[] => [
  ...call(platform),
  ...items(`reconcile#${platform}`, 'GetItem', 'PutItem', 'DeleteItem', 'Query'),
  ...hold(`lease#reconcile#${platform}`),
];
const coalesce = (platform: string) => items(`pending#${platform}`, 'GetItem', 'UpdateItem');
const gather = items('chunks', 'PutItem', 'DeleteItem', 'Query');
const consume = (queue: string): string[] =>
  ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((one) => `sqs:${one} ${queue}`);
const readSecret = (name: string): string => `secretsmanager:GetSecretValue ${name}`;

const CHAIN = '79d3a0740f4c44ac892c787fdfb04ba1';
/** What each function of a platform may do. */
const PLATFORM_PERMISSIONS: Record<string, string[]> = {
  'nuvemshop-receive': [
    ...logs('NuvemshopWebhookReceiver'),
    readSecret('NuvemshopApp'),
    'sqs:SendMessage NuvemshopOrdersIntakeQueue',
  ],
  'pedidosya-receive': [
    ...logs('PedidosyaWebhookReceiver'),
    readSecret(`PedidosyaWebhook${CHAIN}`),
    'sqs:SendMessage PedidosyaOrdersIntakeQueue',
  ],
  'nuvemshop-install': [
    ...logs('NuvemshopInstallInstaller'),
    ...call('nuvemshop'),
    ...hold('install#nuvemshop'),
    ...hold('lease#install#nuvemshop'),
    readSecret('NuvemshopApp'),
    'secretsmanager:PutSecretValue NuvemshopStore5665778',
  ],
  'imotriz-poll': [
    ...logs('ImotrizPollPoller'),
    ...call('imotriz'),
    ...hold('lease#poll#imotriz'),
    ...items('outbox#imotriz', 'PutItem', 'DeleteItem', 'Query'),
    ...items('outbox-aside#imotriz', 'PutItem', 'Query'),
    ...items('poll-backoff#imotriz', 'GetItem', 'PutItem', 'DeleteItem'),
    readSecret('ImotrizApicomain'),
    'sqs:SendMessage ImotrizOrdersIntakeQueue',
  ],
  'nuvemshop-process': [
    ...logs('NuvemshopOrdersConsumer'),
    ...consume('NuvemshopOrdersIntakeQueue'),
    'sqs:SendMessage NuvemshopOrdersIntakeQueue',
    ...record('nuvemshop'),
    'dynamodb:Query Orders/index/changes',
    ...call('nuvemshop'),
    ...coalesce('nuvemshop'),
    ...gather,
    ...items('privacy-report#nuvemshop', 'PutItem', 'DeleteItem', 'Query'),
    ...items('erasure-ledger#nuvemshop', 'PutItem'),
    ...items('store-erasure#nuvemshop', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
    ...items('audit#nuvemshop', 'PutItem'),
    readSecret('NuvemshopStore5665778'),
  ],
  'pedidosya-process': [
    ...logs('PedidosyaOrdersConsumer'),
    ...consume('PedidosyaOrdersIntakeQueue'),
    ...record('pedidosya'),
    ...gather,
    ...items('catalogue-job#pedidosya', 'GetItem', 'PutItem'),
  ],
  'imotriz-process': [
    ...logs('ImotrizOrdersConsumer'),
    ...consume('ImotrizOrdersIntakeQueue'),
    ...record('imotriz'),
    ...gather,
  ],
  'nuvemshop-reconcile': [
    ...logs('NuvemshopReconcileReconciler'),
    ...rows('nuvemshop', 'GetItem', 'BatchGetItem'),
    // Products are recorded as they are listed.
    ...rows('nuvemshop', 'PutItem'),
    'dynamodb:Query Orders/index/changes',
    ...reconcile('nuvemshop'),
    ...items('pending#nuvemshop', 'GetItem'),
    ...items('store-erasure#nuvemshop', 'GetItem'),
    readSecret('NuvemshopStore5665778'),
    'sqs:SendMessage NuvemshopOrdersIntakeQueue',
  ],
  'pedidosya-reconcile': [
    ...logs('PedidosyaReconcileReconciler'),
    ...record('pedidosya'),
    ...rows('pedidosya', 'BatchGetItem'),
    'dynamodb:Query Orders/index/changes',
    ...reconcile('pedidosya'),
    readSecret(`PedidosyaApi${CHAIN}`),
  ],
  'nuvemshop-dispatch': [
    ...logs('NuvemshopCommandsDispatcher'),
    ...consume('NuvemshopCommandsHints'),
    'sqs:SendMessage NuvemshopCommandsHints',
    ...rows('nuvemshop', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    ...call('nuvemshop'),
    // What products of one store make together.
    ...items('category#nuvemshop', 'GetItem', 'PutItem', 'DeleteItem'),
    ...hold('lease#category#nuvemshop'),
    readSecret('NuvemshopStore5665778'),
  ],
  'pedidosya-dispatch': [
    ...logs('PedidosyaCommandsDispatcher'),
    ...consume('PedidosyaCommandsHints'),
    'sqs:SendMessage PedidosyaCommandsHints',
    // What a command changes is read: PedidosYa does not tell of it.
    ...record('pedidosya'),
    ...rows('pedidosya', 'UpdateItem'),
    ...call('pedidosya'),
    readSecret(`PedidosyaApi${CHAIN}`),
  ],
  'imotriz-reconcile': [
    ...logs('ImotrizReconcileReconciler'),
    ...record('imotriz'),
    'dynamodb:Query Orders/index/changes',
    ...reconcile('imotriz'),
    readSecret('ImotrizApicomain'),
  ],
};

/** Of the platforms that carry out commands. */
const COMMAND_QUEUES = ['Nuvemshop', 'Pedidosya'].map((name) => `sqs:SendMessage ${name}CommandsHints`);

/** What each function for the merchant's own system may do. */
const ERP_PERMISSIONS: Record<string, string[]> = {
  'erp-publish': [
    ...logs('ErpPublisher'),
    ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
      (one) => `dynamodb:${one} OrdersTable1F8332C7Stream`,
    ),
    ...items('feed', 'PutItem', 'Query'),
    ...items('feed-pointer', 'GetItem', 'PutItem'),
    ...items('endpoints', 'Query'),
    'sqs:SendMessage ErpFeedUnpublished',
    'sqs:SendMessage ErpWebhooksDeliveries',
  ],
  'erp-api': [
    ...logs('ErpApi'),
    ...items('feed', 'Query'),
    ...items('feed-pointer', 'GetItem'),
    ...items('idempotency', 'GetItem', 'PutItem', 'DeleteItem'),
    ...['GetItem', 'UpdateItem'].map((one) => `dynamodb:${one} Control circuit#*`),
    'dynamodb:UpdateItem Control bucket#*',
    ...['GetItem', 'Query', 'PutItem', 'DeleteItem'].map((one) => `dynamodb:${one} Control location#*`),
    ...['GetItem', 'Query', 'UpdateItem'].map(
      (one) => `dynamodb:${one} Orders *#order#* *#erp-customer#* *#erp-product#* command-id#*`,
    ),
    'dynamodb:GetItem Orders *#product#* *#customer#*',
    ...COMMAND_QUEUES,
    'dynamodb:Query Orders/index/changes',
    readSecret('ErpTokens'),
    readSecret('NuvemshopStore5665778'),
    readSecret('ImotrizApicomain'),
    readSecret(`PedidosyaApi${CHAIN}`),
  ],
  'erp-deliver': [
    ...logs('ErpDeliverer'),
    ...items('feed', 'Query'),
    ...items('feed-pointer', 'GetItem'),
    ...items('endpoints', 'UpdateItem'),
    ...items('endpoint-aside', 'GetItem', 'PutItem', 'DeleteItem'),
    'dynamodb:GetItem Orders *#order#* *#product#* *#customer#*',
    ...['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes', 'SendMessage'].map(
      (one) => `sqs:${one} ErpWebhooksDeliveries`,
    ),
    readSecret('ErpSigning'),
  ],
  'erp-sweep': [
    ...logs('ErpSweeper'),
    ...items('feed', 'Query'),
    ...items('feed-pointer', 'GetItem', 'PutItem'),
    ...items('endpoints', 'Query'),
    'dynamodb:Query Orders/index/changes',
    'dynamodb:Query Orders/index/needs-review',
    'dynamodb:Query Orders/index/work',
    'sqs:SendMessage ErpWebhooksDeliveries',
    ...COMMAND_QUEUES,
  ],
  'erp-track': [
    ...logs('ErpTracker'),
    ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
      (one) => `dynamodb:${one} OrdersTable1F8332C7Stream`,
    ),
    'dynamodb:PutItem Orders alias#*',
    'dynamodb:DeleteItem Orders alias#*',
    ...['GetItem', 'PutItem', 'DeleteItem'].map((one) => `dynamodb:${one} Orders *#by-email#* *#email-of#*`),
    readSecret('ErpEmailKey'),
    'sqs:SendMessage ErpStockUnfollowed',
  ],
};

/** What each of the demo's functions may do: `action resource partitions`. */
export const PERMISSIONS = { ...PLATFORM_PERMISSIONS, ...ERP_PERMISSIONS };
