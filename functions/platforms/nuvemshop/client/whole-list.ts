import type * as z from 'zod';
import { collect, type Requests } from './requests.ts';

/** Left out, so that the list is asked for as it is documented. */
const UNPAGED = { per_page: undefined, page: undefined };

/**
 * All of a list whose page names no paging: read on only where the answer says that there is more.
 *
 * @throws PlatformError `invalid-response` when an item can't be read.
 */
export const wholeList = <S extends z.ZodType>(
  requests: Requests,
  item: S,
  operation: string,
  path: string,
): Promise<z.output<S>[]> => collect(operation, requests.list(item, operation, path, UNPAGED));
