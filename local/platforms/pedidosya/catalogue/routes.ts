import type { SimRequest, SimResponse } from '../../simulator.ts';
import type { Country } from '../countries.ts';
import { problem, problemFor } from '../problems.ts';
import { catalogueSchema } from '../request-schemas.ts';
import { isRefusal, type PedidosYaRoute, paged, readJson, readPaging, readStore } from '../route.ts';
import type { PedidosYaState, Store } from '../state.ts';
import { startExportJob, startUpdateJob } from './file-jobs.ts';
import { applyChange, CATEGORIES, isActive, type Product, productFor, rejectionsOf } from './products.ts';

const DEFAULT_PAGE_SIZE = 50;

/** The catalogue endpoints. */
export const catalogueRoutes: readonly PedidosYaRoute[] = [
  {
    method: 'PUT',
    path: '/v2/chains/{chain_id}/vendors/{vendor_id}/catalog',
    source:
      'Catalogue guide: PUT price, state and quantity; one product answers at once, several become a job.',
    handle: putCatalogue,
  },
  {
    method: 'GET',
    path: '/v2/chains/{chain_id}/vendors/{vendor_id}/catalog',
    source: 'Catalogue guide: GET the listed products; parameters from the use cases.',
    handle: listProducts,
  },
  {
    method: 'GET',
    path: '/v2/chains/{chain_id}/vendors/{vendor_id}/categories',
    source: 'Catalogue guide: GET the categories.',
    handle: listCategories,
  },
  {
    method: 'GET',
    path: '/v2/chains/{chain_id}/catalog/jobs/{job_id}',
    source: 'Catalogue guide: GET the log of a bulk update; a job belongs to the chain, not to a vendor.',
    handle: getJob,
  },
  {
    method: 'POST',
    path: '/v2/chains/{chain_id}/vendors/{vendor_id}/catalog/export',
    source: 'Catalogue guide: POST to export the whole catalogue of a store; the result comes by webhook.',
    handle: exportCatalogue,
  },
  {
    method: 'POST',
    path: '/v2/chains/{chain_id}/catalog',
    source: 'Pilot for creating products: 501 for a chain that is not in it.',
    handle: () => problemFor(501),
  },
  {
    method: 'GET',
    path: '/files/{file}',
    source: 'Download link of a job webhook: a foreign host, which wants no token of ours.',
    handle: download,
  },
];

function putCatalogue(request: SimRequest, state: PedidosYaState): SimResponse {
  const found = readStore(request, state);
  if (isRefusal(found)) return found.refusal;
  const { store } = found;
  const schema = catalogueSchema(state.options.maximumField ?? 'maximum_sales_quantity');
  const body = readJson(request, schema);
  if (isRefusal(body)) return body.refusal;
  const [first, ...others] = body.value.products;
  if (first === undefined || others.length > 0) {
    const job = startUpdateJob(state, store, body.value.products, request.origin);
    return { status: 202, body: { job_id: job.id, job_status: job.status } };
  }
  const product = productFor(store.products, first);
  const [rejection] = rejectionsOf(product, first);
  if (product === undefined) return problem(404, 'PRODUCT_NOT_FOUND', 'No such product in this store');
  if (rejection !== undefined) {
    const { rejected_data, rejected_reason } = rejection;
    return problem(400, 'VALIDATION_ERROR', `${rejected_data}: ${rejected_reason}`);
  }
  applyChange(product, first, { bulk: false, buffer: store.options.stockBuffer ?? 1 });
  return { status: 200, body: { sku: product.sku } };
}

function listProducts(request: SimRequest, state: PedidosYaState): SimResponse {
  const found = readStore(request, state);
  if (isRefusal(found)) return found.refusal;
  const paging = readPaging(request.query, DEFAULT_PAGE_SIZE);
  if (isRefusal(paging)) return paging.refusal;
  const term = request.query.get('query_term')?.toLowerCase() ?? '';
  const categories = (request.query.get('category_global_ids') ?? '').split(',').filter(Boolean);
  const active = request.query.get('is_active');
  const products = [...found.store.products.values()]
    .filter(({ name, sku }) => `${name} ${sku}`.toLowerCase().includes(term))
    .filter(({ categoryId }) => categories.length === 0 || categories.includes(categoryId))
    .filter((product) => active === null || String(isActive(product)) === active);
  const field = state.options.maximumField ?? 'maximum_sales_quantity';
  const shown = products.map((product) => productBody(product, found.store, field));
  return paged('products', shown, paging);
}

function productBody(product: Product, { country }: Store, maximumField: string): object {
  return {
    sku: product.sku,
    barcodes: product.barcodes,
    name: localized(product.name, country),
    active: isActive(product),
    price: product.price,
    [maximumField]: product.maximum,
    category_global_id: product.categoryId,
  };
}

function listCategories(request: SimRequest, state: PedidosYaState): SimResponse {
  const found = readStore(request, state);
  if (isRefusal(found)) return found.refusal;
  const parents = new Set(CATEGORIES.map(({ parentId }) => parentId));
  const onlyLeaves = request.query.get('only_leaves') === 'true';
  const categories = CATEGORIES.filter(({ id }) => !onlyLeaves || !parents.has(id)).map((category) => ({
    global_id: category.id,
    parent_global_id: category.parentId,
    active: true,
    details: [{ locale: found.store.country.locale, name: category.name }],
  }));
  return { status: 200, body: { categories } };
}

function getJob(request: SimRequest, state: PedidosYaState): SimResponse {
  const job = state.jobs.get(request.params.job_id ?? '');
  if (job === undefined || job.kind === 'promotion') {
    return problem(404, 'JOB_NOT_FOUND', 'No such job in this chain');
  }
  const result = job.result === undefined ? {} : { result: job.result };
  return { status: 200, body: { job_id: job.id, job_status: job.status, ...result } };
}

function exportCatalogue(request: SimRequest, state: PedidosYaState): SimResponse {
  const found = readStore(request, state);
  if (isRefusal(found)) return found.refusal;
  const job = startExportJob(state, found.store, request.origin);
  return { status: 202, body: { job_id: job.id, job_status: job.status } };
}

// Signed links refuse a second proof of identity, which is how a leaked token would show.
function download(request: SimRequest, state: PedidosYaState): SimResponse {
  if (request.headers.authorization !== undefined) {
    return {
      status: 400,
      headers: { 'content-type': 'application/xml' },
      body: '<Error><Code>InvalidArgument</Code></Error>',
    };
  }
  const id = /^(?:update|export)-(.+)\.csv$/.exec(request.params.file ?? '')?.[1] ?? '';
  const file = state.jobs.get(id)?.file;
  if (file === undefined) return { status: 404 };
  return { status: 200, headers: { 'content-type': 'text/csv; charset=utf-8' }, body: file };
}

function localized(name: string, { locale }: Country): Record<string, string> {
  return { [locale]: name };
}
