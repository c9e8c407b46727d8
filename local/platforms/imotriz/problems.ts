import type { SimResponse } from '../simulator.ts';

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'Falta la cabecera Content-Type: application/json',
  401: 'El token de acceso no es válido',
  403: 'La tienda no tiene configurada la fecha desde la que se sincronizan los pedidos',
  404: 'No se encontró el pedido',
  405: 'Método no permitido',
  500: 'Error interno desconocido',
};

/** The platform's answer for a failure. The codes are documented; the shape of the body is an assumption. */
export function problemFor(status: number): SimResponse {
  return { status, body: { code: status, message: MESSAGES[status] ?? 'Error' } };
}
