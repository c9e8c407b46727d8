/** Whether a function is one of the merchant's own side. */
export const isOfErp = (name: string): boolean => name.startsWith('erp-');

/** Whether a function, or a request id of one, is one that carries out commands. */
export const isDispatcher = (name: string): boolean => /-dispatch(-\d+)?$/.test(name);
