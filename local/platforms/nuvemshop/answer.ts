import { createRouter } from '../shared/routes.ts';
import type { SimRequest, SimResponse } from '../simulator.ts';
import { admit } from './access/admission.ts';
import { oauthRoutes } from './access/oauth.ts';
import { covers } from './access/scopes.ts';
import { apiRoutes } from './api-routes.ts';
import { ApiError, envelope, fail } from './errors.ts';
import type { ApiCall, ApiRoute, Platform } from './platform.ts';

/** The whole of the platform's behaviour, one call in and one answer out. */
export function createAnswerer(platform: Platform): (request: SimRequest) => Promise<SimResponse> {
  const oauth = createRouter(oauthRoutes);
  const api = createRouter(apiRoutes);
  return async (request) => {
    const outside = oauth.find(request.method, request.path);
    if (outside !== undefined) {
      return guarded(() => outside.route.handle({ ...request, params: outside.params }, platform));
    }
    const admission = admit(request, platform);
    if (!admission.admitted) return admission.response;
    await queue(platform, admission.queuedMs);
    const { store, version, path, headers } = admission;
    const call: ApiCall = { platform, store, version, now: platform.clock.now() };
    const response = await guarded(() => {
      const match = api.find(request.method, path);
      if (match === undefined || match.route.only?.includes(version) === false) {
        throw unknownRoute(api.methodsOf(path));
      }
      requireScope(match.route, call);
      return match.route.handle({ ...request, params: match.params }, call);
    });
    return { ...response, headers: { ...headers, 'x-main-language': store.language, ...response.headers } };
  };
}

function queue(platform: Platform, queuedMs: number): Promise<void> {
  const wait = queuedMs * (platform.options.queueDelayScale ?? 1);
  if (wait < 1) return Promise.resolve();
  return new Promise((resolve) => {
    platform.clock.setTimeout(resolve, wait);
  });
}

function unknownRoute(methods: readonly string[]): ApiError {
  return methods.length === 0 ? fail(404, null) : fail(405, `Use ${methods.join(', ')}`);
}

function requireScope(route: ApiRoute, call: ApiCall): void {
  if (route.scope !== undefined && !covers(call.store.scopes, route.scope)) {
    throw fail(403, `Missing a required scope: ${route.scope}`);
  }
}

async function guarded(act: () => SimResponse | Promise<SimResponse>): Promise<SimResponse> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ApiError) return error.response;
    // A mistake of the simulator itself must not pass for a platform's 500.
    console.error('The Nuvemshop simulator failed:', error);
    return envelope(500, null);
  }
}
