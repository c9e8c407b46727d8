import { channelsOf, merchantNamed } from '../../config/merchant.ts';
import { signNuvemshop } from '../../functions/platforms/nuvemshop/webhook-proof.ts';
import { payloadsOf } from '../payloads/files.ts';
import { DEMO_CHAIN } from '../support/routes.ts';

/** Stands in every name, address and number of a person that a request or an answer brings along. */
export const PERSON = 'Quetzalina';
/** Stands in every secret. */
export const SECRET = 'Tlacuache';

/** What the suite knows of one platform. */
export interface Kit extends ReturnType<typeof kitOf> {}

/** A request that the platform sent some day, with its proof: whoever sees one can send it again. */
export interface Captured {
  orderId: string;
  body: string;
}

interface Own {
  secrets: Record<string, object>;
  /** Headers that prove a body. */
  prove(body: Uint8Array): Record<string, string>;
  /** Documents that the platform sends, to be made hostile. */
  documents: readonly object[];
  captured: readonly Captured[];
  /** What the platform answers our calls. */
  answer(url: URL): Response;
}

function kitOf(name: string, own: Own) {
  const channel = channelsOf(merchantNamed('demo')).find(({ platform }) => platform.name === name);
  if (channel === undefined) throw new Error(`the demo merchant does not sell on ${name}`);
  const { platform, stores } = channel;
  const { oauth, webhook } = platform;
  return {
    channel,
    posts: (webhook?.routes(stores) ?? []).map(({ path }) => path),
    pages: oauth === undefined ? [] : [oauth.start.path, oauth.callback.path],
    ...own,
    answer: async (url: URL, _init?: RequestInit) => own.answer(url),
  };
}

const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });

const STORE = 5665778;
const VICTIMS = ['770010001', '770010002', '770010003'];
const clientSecret = `${SECRET}-client-secret-0123456789`;
const person = (index: number) => ({
  id: 4400 + index,
  name: `${PERSON} Ñuflo`,
  email: `${PERSON}@planted.example`,
  phone: `+598 ${PERSON}`,
  identification: `${PERSON}-4567`,
});
const paid = payloadsOf('nuvemshop').find(({ name }) => name === 'order-get.paid.2025-03.json')?.text ?? '{}';

export const nuvemshopKit = kitOf('nuvemshop', {
  secrets: {
    app: { clientId: '123', clientSecret },
    store: { accessToken: `${SECRET}-access-token-0123456789` },
  },
  prove: (body) => ({ 'x-linkedstore-hmac-sha256': signNuvemshop(body, clientSecret) }),
  documents: [
    { store_id: STORE, event: 'order/updated', id: 991 },
    { store_id: STORE, event: 'order/created', id: 992, note: `${PERSON} was here` },
    { store_id: String(STORE), event: 'fulfillment_order/status_updated', order_id: 993, status: 'PACKED' },
    { store_id: STORE, event: 'product/updated', id: 1 },
    { store_id: STORE, event: 'subscription/updated', concept_code: 'app', service_id: 1 },
    // Notices that were true once, and are sent again.
    { store_id: STORE, event: 'app/uninstalled', id: 123 },
    { store_id: STORE, event: 'app/suspended', id: 123 },
    { store_id: STORE },
    {
      store_id: STORE,
      customer: { id: 4401, email: `${PERSON}@planted.example`, phone: null, identification: PERSON },
      orders_to_redact: [994, 995],
    },
    { store_id: STORE, customer: person(1), orders_to_redact: [994, 995] },
    {
      store_id: STORE,
      customer: person(2),
      orders_requested: [996],
      checkouts_requested: [1],
      drafts_orders_requested: [],
      data_request: { id: 7 },
    },
  ],
  captured: VICTIMS.map((orderId) => ({
    orderId,
    body: JSON.stringify({ store_id: STORE, event: 'order/paid', id: Number(orderId) }),
  })),
  answer(url) {
    if (url.pathname.endsWith('/authorize/token')) return json({ error: 'invalid_grant' }, 400);
    if (url.pathname.endsWith('/store')) return json({ id: STORE, country: 'UY' });
    const id = VICTIMS.find((victim) => url.pathname.includes(`/orders/${victim}`));
    if (id === undefined) return json({ code: 404, message: 'Not Found', description: PERSON }, 404);
    const order = JSON.parse(paid) as object;
    return json({ ...order, id: Number(id), contact_name: `${PERSON} Victim`, customer: person(3) });
  },
});

const pushed = payloadsOf('pedidosya').filter(({ name }) => /^order-.*\.v1\.json$/.test(name));
const withPerson = (text: string, change: object) => {
  const order = JSON.parse(text) as { client?: object; customer?: object };
  const client = { ...order.client, chain_id: DEMO_CHAIN, store_id: 'nbet' };
  const customer = { ...order.customer, first_name: PERSON, phone_number: `099 ${PERSON}` };
  return { ...order, client, customer, ...change };
};
const portalSecret = `${SECRET}-typed-into-the-portal`;

export const pedidosyaKit = kitOf('pedidosya', {
  secrets: {
    webhook: { secret: portalSecret },
    api: { token: `${SECRET}-static-token` },
  },
  prove: () => ({ authorization: portalSecret }),
  documents: [
    ...pushed.map(({ text }, index) => withPerson(text, { order_id: `order-${index}` })),
    { job_id: 'job-1', status: 'COMPLETED', download_url: `https://files.example/${PERSON}` },
    { job_id: 'job-2', job_status: 'FAILED', platform_vendor_id: 'nbet' },
  ],
  captured: VICTIMS.map((orderId) => ({
    orderId,
    body: JSON.stringify(withPerson(pushed[0]?.text ?? '{}', { order_id: orderId })),
  })),
  answer: () => json({ code: 404, message: PERSON }, 404),
});
