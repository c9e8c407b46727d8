/** How a visit to the installation ended; each has its page. */
export const OUTCOMES = {
  installed: { status: 200, metric: 'InstallCompleted' },
  /** The visitor came without the installation link: nothing is begun, looked up or kept. */
  'no-link': { status: 403, metric: 'InstallRefused' },
  /** The state is missing, unknown, spent or too old, or belongs to another browser. */
  'link-used': { status: 400, metric: 'InstallRefused' },
  /** The merchant did not agree, or came here without the platform. */
  'no-code': { status: 400, metric: 'InstallRefused' },
  /** The platform does not take the code: it is too old, or was exchanged before. */
  'code-refused': { status: 400, metric: 'InstallRefused' },
  /** Another installation has not ended yet. */
  busy: { status: 409, metric: 'InstallRefused' },
  /** The merchant allowed the app into a store that is not this deployment's. */
  'other-store': { status: 403, metric: 'InstallForeignStore' },
  /** Our own credentials are missing or wrong. */
  'app-refused': { status: 500, metric: 'InstallFailed' },
  /** The platform did not exchange the code, for reasons of its own. */
  'platform-down': { status: 502, metric: 'InstallFailed' },
  /** Something of ours failed: the store is not connected. */
  'not-kept': { status: 500, metric: 'InstallFailed' },
  /** The store is connected, but not every webhook is subscribed. */
  'not-subscribed': { status: 502, metric: 'InstallFailed' },
  /** The store is connected, and the app may not do all that its configuration needs. */
  'scopes-missing': { status: 200, metric: 'InstallFailed' },
} as const;

export type OutcomeKind = keyof typeof OUTCOMES;
export interface Outcome {
  kind: OutcomeKind;
  /** The store that the app was allowed into, where it is not ours. */
  foreignStoreId?: string;
}

/** Languages of the region's merchants, and English for who helps them. */
export const LANGUAGES = ['es', 'pt', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * `{store}` is this deployment's store (or stores), `{other}` the one that was allowed instead, `{minutes}` how long the
 * platform's permission is good for.
 */
interface Text {
  title: string;
  what: string;
  next: string;
}

export const AGAIN: Record<Language, string> = {
  es: 'Empezar de nuevo',
  pt: 'Começar de novo',
  en: 'Begin again',
};

export const ID_LABEL: Record<Language, string> = {
  es: 'Si pides ayuda, indica este número:',
  pt: 'Se pedir ajuda, informe este número:',
  en: 'If you ask for help, give this id:',
};

export const TEXTS: Record<OutcomeKind, Record<Language, Text>> = {
  installed: {
    es: {
      title: 'La tienda está conectada',
      what: 'Acopio ya recibe los pedidos de la tienda {store}.',
      next: 'No hay nada más que hacer: puedes cerrar esta página.',
    },
    pt: {
      title: 'A loja está conectada',
      what: 'O Acopio já recebe os pedidos da loja {store}.',
      next: 'Não há mais nada a fazer: você pode fechar esta página.',
    },
    en: {
      title: 'The store is connected',
      what: 'Acopio now receives the orders of store {store}.',
      next: 'There is nothing else to do: you can close this page.',
    },
  },
  'scopes-missing': {
    es: {
      title: 'La tienda está conectada, pero faltan permisos',
      what: 'Acopio ya recibe lo que puede de la tienda {store}, pero la aplicación no tiene todos los permisos que necesita.',
      next: 'Avisa a quien instaló Acopio: debe agregar los permisos en el panel de la aplicación. Después, abre de nuevo el enlace de instalación.',
    },
    pt: {
      title: 'A loja está conectada, mas faltam permissões',
      what: 'O Acopio já recebe o que pode da loja {store}, mas o aplicativo não tem todas as permissões de que precisa.',
      next: 'Avise quem instalou o Acopio: é preciso adicionar as permissões no painel do aplicativo. Depois, abra de novo o link de instalação.',
    },
    en: {
      title: 'The store is connected, but permissions are missing',
      what: 'Acopio receives what it may of store {store}, but the app lacks permissions that it needs.',
      next: 'Tell whoever runs Acopio: the permissions have to be added in the panel of the app. Then open the installation link again.',
    },
  },
  'no-link': {
    es: {
      title: 'Falta el enlace de instalación',
      what: 'Esta página solo se abre con el enlace de instalación completo. Si ya diste permiso en {platform}, ese permiso se conserva.',
      next: 'Abre el enlace que te envió quien instaló Acopio: termina la conexión en unos segundos. Si no lo tienes, pídeselo.',
    },
    pt: {
      title: 'Falta o link de instalação',
      what: 'Esta página só abre com o link de instalação completo. Se você já deu permissão na {platform}, ela continua valendo.',
      next: 'Abra o link que recebeu de quem instalou o Acopio: ele conclui a conexão em poucos segundos. Se não o tem, peça-o.',
    },
    en: {
      title: 'The installation link is needed',
      what: 'This page opens only with the whole installation link. If you allowed the app at {platform} already, that stays.',
      next: 'Open the link that whoever runs Acopio sent you: it ends the connection within seconds. If you have none, ask for it.',
    },
  },
  'link-used': {
    es: {
      title: 'Este enlace ya no sirve',
      what: 'La instalación se abrió hace demasiado tiempo, en otro navegador, o ya se completó.',
      next: 'Si antes viste que la tienda está conectada, no falta nada. Si no, abre de nuevo el enlace de instalación y permite las cookies.',
    },
    pt: {
      title: 'Este link não vale mais',
      what: 'A instalação foi aberta há tempo demais, em outro navegador, ou já foi concluída.',
      next: 'Se antes você viu que a loja está conectada, não falta nada. Se não, abra de novo o link de instalação e permita os cookies.',
    },
    en: {
      title: 'This link is no longer good',
      what: 'The installation was begun too long ago or in another browser, or it is complete already.',
      next: 'If you saw that the store is connected, nothing is missing. Otherwise open the installation link again, with cookies allowed.',
    },
  },
  'no-code': {
    es: {
      title: 'La instalación no se completó',
      what: '{platform} no confirmó el permiso para la aplicación.',
      next: 'Empieza de nuevo y acepta los permisos que pide la aplicación.',
    },
    pt: {
      title: 'A instalação não foi concluída',
      what: 'A {platform} não confirmou a permissão para o aplicativo.',
      next: 'Comece de novo e aceite as permissões que o aplicativo pede.',
    },
    en: {
      title: 'The installation is not complete',
      what: '{platform} did not confirm that the app is allowed.',
      next: 'Begin again and accept what the app asks for.',
    },
  },
  'code-refused': {
    es: {
      title: 'El permiso caducó',
      what: '{platform} da {minutes} minutos para completar la instalación y acepta cada permiso una sola vez.',
      next: 'Empieza de nuevo: solo toma unos segundos.',
    },
    pt: {
      title: 'A permissão expirou',
      what: 'A {platform} dá {minutes} minutos para concluir a instalação e aceita cada permissão uma única vez.',
      next: 'Comece de novo: leva só alguns segundos.',
    },
    en: {
      title: 'The permission has expired',
      what: '{platform} gives {minutes} minutes to complete an installation, and takes each permission once.',
      next: 'Begin again: it takes a few seconds.',
    },
  },
  busy: {
    es: {
      title: 'Otra instalación está en curso',
      what: 'La tienda {store} se está conectando en este momento desde otra ventana.',
      next: 'Espera un minuto. Si la otra ventana no muestra que la tienda está conectada, empieza de nuevo.',
    },
    pt: {
      title: 'Outra instalação está em andamento',
      what: 'A loja {store} está sendo conectada neste momento em outra janela.',
      next: 'Espere um minuto. Se a outra janela não mostrar que a loja está conectada, comece de novo.',
    },
    en: {
      title: 'Another installation is under way',
      what: 'Store {store} is being connected in another window right now.',
      next: 'Wait a minute. If the other window does not say that the store is connected, begin again.',
    },
  },
  'other-store': {
    es: {
      title: 'Esta no es la tienda esperada',
      what: 'Diste permiso en la tienda {other}, pero esta instalación es para la tienda {store}. No se guardó nada.',
      next: 'Entra en {platform} con la cuenta de la tienda {store} y empieza de nuevo. Desinstala la aplicación de la otra tienda.',
    },
    pt: {
      title: 'Esta não é a loja esperada',
      what: 'Você deu permissão na loja {other}, mas esta instalação é para a loja {store}. Nada foi salvo.',
      next: 'Entre na {platform} com a conta da loja {store} e comece de novo. Desinstale o aplicativo da outra loja.',
    },
    en: {
      title: 'This is not the expected store',
      what: 'You allowed the app into store {other}, but this installation is for store {store}. Nothing was kept.',
      next: 'Log in to {platform} with the account of store {store} and begin again. Remove the app from the other store.',
    },
  },
  'app-refused': {
    es: {
      title: 'Falta un dato de la aplicación',
      what: 'Las credenciales de la aplicación no están completas o no son correctas.',
      next: 'No depende de ti: envía el número de abajo a quien instaló Acopio y empieza de nuevo cuando te avise.',
    },
    pt: {
      title: 'Falta um dado do aplicativo',
      what: 'As credenciais do aplicativo não estão completas ou não estão corretas.',
      next: 'Não depende de você: envie o número abaixo a quem instalou o Acopio e comece de novo quando avisarem.',
    },
    en: {
      title: 'The app is not set up',
      what: 'The credentials of the app are incomplete or wrong.',
      next: 'This is not in your hands: send the id below to whoever runs Acopio, and begin again when they say so.',
    },
  },
  'platform-down': {
    es: {
      title: '{platform} no responde',
      what: '{platform} no pudo completar la instalación en este momento.',
      next: 'Espera unos minutos y empieza de nuevo. Los responsables de Acopio ya recibieron un aviso.',
    },
    pt: {
      title: 'A {platform} não responde',
      what: 'A {platform} não conseguiu concluir a instalação neste momento.',
      next: 'Espere alguns minutos e comece de novo. Os responsáveis pelo Acopio já receberam um aviso.',
    },
    en: {
      title: '{platform} does not answer',
      what: '{platform} could not complete the installation right now.',
      next: 'Wait a few minutes and begin again. Whoever runs Acopio has been told.',
    },
  },
  'not-kept': {
    es: {
      title: 'La tienda no quedó conectada',
      what: 'Un error de Acopio impidió completar la instalación.',
      next: 'Empieza de nuevo. Si vuelve a pasar, envía el número de abajo a quien instaló Acopio.',
    },
    pt: {
      title: 'A loja não foi conectada',
      what: 'Um erro do Acopio impediu concluir a instalação.',
      next: 'Comece de novo. Se acontecer outra vez, envie o número abaixo a quem instalou o Acopio.',
    },
    en: {
      title: 'The store is not connected',
      what: 'An error in Acopio kept the installation from completing.',
      next: 'Begin again. If it happens again, send the id below to whoever runs Acopio.',
    },
  },
  'not-subscribed': {
    es: {
      title: 'Falta un paso',
      what: 'La tienda {store} está conectada, pero {platform} no activó todos los avisos de pedidos.',
      next: 'Empieza de nuevo para completarlos: se puede repetir sin riesgo.',
    },
    pt: {
      title: 'Falta um passo',
      what: 'A loja {store} está conectada, mas a {platform} não ativou todos os avisos de pedidos.',
      next: 'Comece de novo para completá-los: pode ser repetido sem risco.',
    },
    en: {
      title: 'One step is missing',
      what: 'Store {store} is connected, but {platform} did not switch on all order notices.',
      next: 'Begin again to complete them: repeating it does no harm.',
    },
  },
};
