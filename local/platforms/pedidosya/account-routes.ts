import type { SimRequest, SimResponse } from '../simulator.ts';
import type { Job } from './catalogue/jobs.ts';
import { problem } from './problems.ts';
import { promotionSchema, vendorStatusSchema } from './request-schemas.ts';
import { isRefusal, type PedidosYaRoute, readJson, readStore } from './route.ts';
import { type PedidosYaState, storeByPathId } from './state.ts';

/** Where tokens come from; it has a limit of its own and needs no token. */
export const TOKEN_PATH = '/v2/oauth/token';

/** The endpoints of tokens, promotions and stores. */
export const accountRoutes: readonly PedidosYaRoute[] = [
  {
    method: 'POST',
    path: TOKEN_PATH,
    source: 'API introduction: OAuth client credentials, form-encoded; the guides know static tokens only.',
    handle: grantToken,
  },
  {
    method: 'PUT',
    path: '/v2/chains/{chain_id}/promotion',
    source: 'Orders guide names promotions; body from the promotions use cases.',
    handle: putPromotion,
  },
  {
    method: 'GET',
    path: '/v2/chains/{chain_id}/promotion/jobs/{job_id}',
    source: 'Promotions use cases: QUEUED, COMPLETED, FAILED or DUPLICATE.',
    handle: getPromotionJob,
  },
  {
    method: 'GET',
    path: '/v2/chains/{chain_id}/vendors/{vendor_id}/status',
    source: 'Sister portals: is the store open; not in the menu of PedidosYa.',
    handle: getVendorStatus,
  },
  {
    method: 'PUT',
    path: '/v2/chains/{chain_id}/vendors/{vendor_id}/status',
    source: 'Sister portals: open or close the store; not in the menu of PedidosYa.',
    handle: putVendorStatus,
  },
];

function grantToken(request: SimRequest, state: PedidosYaState): SimResponse {
  // A JSON body is not read at all, so the first missing field is the complaint.
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
  const form = new URLSearchParams(isForm ? request.body.toString('utf8') : '');
  for (const field of ['client_id', 'client_secret', 'grant_type']) {
    if ((form.get(field) ?? '') === '') return problem(400, 'invalid_request', `${field} is required`);
  }
  if (form.get('grant_type') !== 'client_credentials') {
    return problem(400, 'unsupported_grant_type', 'grant_type must be client_credentials');
  }
  const { credentials, clock } = state;
  const grant = credentials.grant(form.get('client_id') ?? '', form.get('client_secret') ?? '', clock.now());
  if (grant === undefined) return problem(401, 'invalid_client', 'Invalid client credentials');
  return { status: 200, body: grant };
}

function putPromotion(request: SimRequest, state: PedidosYaState): SimResponse {
  const body = readJson(request, promotionSchema);
  if (isRefusal(body)) return body.refusal;
  const promotion = body.value;
  const unknown = promotion.vendors.filter((id) => storeByPathId(state, id) === undefined);
  if (unknown.length > 0) return problem(400, 'VALIDATION_ERROR', `vendors: unknown ${unknown.join(', ')}`);
  const key = JSON.stringify(promotion);
  const run = (job: Job) => {
    if (state.promotions.has(key)) job.status = 'DUPLICATE';
    state.promotions.set(key, promotion);
  };
  const job = state.jobs.start({ id: state.random.uuid(), kind: 'promotion' }, { run, finished: () => {} });
  return { status: 202, body: { job_id: job.id, job_status: job.status } };
}

function getPromotionJob(request: SimRequest, state: PedidosYaState): SimResponse {
  const job = state.jobs.get(request.params.job_id ?? '');
  if (job?.kind !== 'promotion') return problem(404, 'JOB_NOT_FOUND', 'No such job in this chain');
  // The promotion jobs of the platform know no IN_PROGRESS.
  const job_status = job.status === 'IN_PROGRESS' ? 'QUEUED' : job.status;
  return { status: 200, body: { job_id: job.id, job_status } };
}

function getVendorStatus(request: SimRequest, state: PedidosYaState): SimResponse {
  const found = readStore(request, state);
  return isRefusal(found) ? found.refusal : { status: 200, body: found.store.status };
}

function putVendorStatus(request: SimRequest, state: PedidosYaState): SimResponse {
  const found = readStore(request, state);
  if (isRefusal(found)) return found.refusal;
  const body = readJson(request, vendorStatusSchema);
  if (isRefusal(body)) return body.refusal;
  found.store.status = body.value;
  return { status: 200, body: body.value };
}
