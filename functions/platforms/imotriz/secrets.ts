import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import { secretText } from '../reading/secret-text.ts';

/** The token that iMotriz shows under "Integración API". */
export const apiSecret = lazily(() => z.looseObject({ token: secretText(8) }));
