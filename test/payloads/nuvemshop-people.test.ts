import { describe } from 'vitest';
import { orderOf } from './nuvemshop-sample.ts';
import { itReads } from './variations.ts';

describe('persons of a shop', () => {
  itReads(orderOf, [
    [
      'Argentina: a company',
      {
        contact_identification: 30_500_000_003,
        billing_document_type: 'CUIT',
        billing_business_name: 'Ficticia S.A.',
        billing_customer_type: 'company',
      },
      {
        personal: {
          documentId: '30500000003',
          documentType: 'CUIT',
          billing: { businessName: 'Ficticia S.A.', customerType: 'company' },
        },
      },
    ],
    [
      'Brazil: a company',
      {
        contact_identification: '12.345.678/0001-95',
        billing_document_type: 'cnpj',
        billing_state_registration: 'ISENTO',
        billing_trade_name: 'Loja',
      },
      {
        personal: {
          documentId: '12.345.678/0001-95',
          documentType: 'cnpj',
          billing: { stateRegistration: 'ISENTO', tradeName: 'Loja' },
        },
      },
    ],
    [
      'Brazil: a person, zeros before the number',
      { contact_identification: '01234567890', billing_document_type: 'cpf' },
      { personal: { documentId: '01234567890', documentType: 'cpf' } },
    ],
    [
      'Mexico: regime and use as numbers',
      { billing_fiscal_regime: 612, billing_invoice_use: 'G03', contact_identification: 'XAXX010101000' },
      { personal: { documentId: 'XAXX010101000', billing: { taxRegime: '612', invoiceUse: 'G03' } } },
    ],
    [
      'Chile: a RUT',
      { contact_identification: '12.345.678-K' },
      { personal: { documentId: '12.345.678-K' } },
    ],
    [
      'Colombia: a NIT',
      { contact_identification: '900123456-7', billing_document_type: 'NIT' },
      { personal: { documentType: 'NIT' } },
    ],
    [
      'Uruguay: a cédula with zeros',
      { contact_identification: '0.123.456-7' },
      { personal: { documentId: '0.123.456-7' } },
    ],
    [
      'a buyer without any data',
      {
        contact_name: null,
        contact_email: '',
        contact_phone: 'No informado',
        contact_identification: '',
        billing_name: null,
        customer: null,
      },
      { personal: { name: null, email: null, phone: null, documentId: null } },
    ],
    [
      'a customer in a list',
      { contact_name: null, customer: [{ id: 5, name: 'Ana' }] },
      { personal: { name: 'Ana', customerId: '5' } },
    ],
    ['a customer that is a text', { contact_name: null, customer: 'Ana' }, { personal: { name: 'Ana' } }],
    [
      'an address that is a text',
      { shipping_address: 'Calle 1 123, CABA' },
      { personal: { shippingAddress: { street: 'Calle 1 123, CABA' } } },
    ],
    [
      'an address in a list',
      { shipping_address: [{ address: 'Calle 1', name: 'Ana' }] },
      { personal: { shippingAddress: { street: 'Calle 1' }, recipient: { name: 'Ana' } } },
    ],
    [
      'an address with objects for names',
      {
        shipping_address: {
          address: 'Calle 1',
          province: { name: 'Córdoba', code: 'X' },
          country: { name: 'Argentina', code: 'AR' },
        },
      },
      { personal: { shippingAddress: { province: 'Córdoba', country: 'AR' } } },
    ],
    [
      'a zip code that is a number',
      { shipping_address: { address: 'Calle 1', zipcode: 5000, number: 0 } },
      { personal: { shippingAddress: { postalCode: '5000', number: '0' } } },
    ],
    ['a note with a control character', { note: 'a\u0000b\u0007' }, { personal: { note: 'a\u0000b\u0007' } }],
    ['a note with U+FFFE', { note: 'a\ufffeb' }, { personal: { note: 'a\ufffeb' } }],
    ['a note that is a number', { note: 0 }, { personal: { note: '0' } }],
    [
      'notes that are lists of PHP',
      { note: [], owner_note: [] },
      { personal: { note: null, merchantNote: null } },
    ],
    [
      'custom fields in languages',
      { custom_fields: [{ id: 'f', name: { pt: 'Entrega' }, value: '02/12' }] },
      { personal: { customFields: [{ fieldId: 'f', name: 'Entrega', value: '02/12' }] } },
    ],
    [
      'custom fields without a name',
      { custom_fields: [{ id: 'f', value: '02/12' }] },
      { personal: { customFields: [{ fieldId: 'f', name: 'f', value: '02/12' }] } },
    ],
    [
      'custom fields as an object',
      { custom_fields: { Entrega: '02/12' } },
      { personal: { customFields: [{ name: 'Entrega', value: '02/12' }] } },
    ],
    [
      'custom fields with a value that is a list',
      { custom_fields: [{ id: 1, name: 'Extras', value: ['a', 'b'] }] },
      { personal: { customFields: [{ fieldId: '1', name: 'Extras', value: 'a, b' }] } },
    ],
    [
      'attributes of the order',
      { attributes: [{ name: 'Turno', value: 'mañana' }] },
      { personal: { customFields: [{ name: 'Turno', value: 'mañana' }] } },
    ],
    [
      'no custom fields',
      { custom_fields: null, extra: '', attributes: {} },
      { personal: { customFields: null } },
      'none',
    ],
  ]);
});

describe('the sale of a shop', () => {
  itReads(orderOf, [
    [
      'instalments with their word',
      { payment_details: { installments: '12x' } },
      { payment: { instalments: 12 } },
    ],
    [
      'instalments in Spanish',
      { payment_details: { installments: '3 cuotas' } },
      { payment: { instalments: 3 } },
    ],
    [
      'payment details that are a list',
      { payment_details: [] },
      { payment: { method: null, instalments: null } },
      'none',
    ],
    ['a gateway id of 0', { gateway_id: 0 }, { payment: { gatewayId: null } }],
    ['an app of 0', { app_id: '0', storefront: 'form' }, { channel: { name: 'form', appId: null } }],
    [
      'a word in capital letters with spaces',
      { status: ' OPEN ', payment_status: ' Paid', shipping_status: ' Shipped ', fulfillments: [] },
      { status: 'dispatched', payment: { status: 'paid' } },
    ],
    ['cancelled, with one l', { status: 'canceled' }, { status: 'cancelled', countsAsSale: false }],
    [
      'an unknown word is no sale',
      { status: 'expired' },
      { status: 'unknown', countsAsSale: false, platformStatus: { status: 'expired' } },
    ],
    [
      'a payment in dispute is no sale',
      { payment_status: 'in_dispute' },
      { payment: { status: 'unknown' }, countsAsSale: false },
    ],
    [
      'no payment status is no sale',
      { payment_status: null },
      { payment: { status: 'unknown' }, countsAsSale: false },
    ],
    [
      'a time with a zone by name',
      { created_at: { date: '2026-11-20 10:00:00.000000', timezone_type: 3, timezone: 'America/Sao_Paulo' } },
      { placedAt: '2026-11-20T13:00:00.000Z' },
    ],
    [
      'a time with a short offset',
      { created_at: '2026-11-20T10:00:00-03' },
      { placedAt: '2026-11-20T13:00:00.000Z' },
    ],
    ['a time in seconds', { created_at: 1_795_000_000 }, { placedAt: '2026-11-18T11:06:40.000Z' }],
    [
      'a time of MySQL that is none',
      { cancelled_at: '0000-00-00 00:00:00' },
      { status: 'confirmed' },
      /cancelled_at/,
    ],
    ['a day that does not exist', { created_at: '2026-02-31T10:00:00Z' }, { placedAt: null }, /created_at/],
  ]);
});
