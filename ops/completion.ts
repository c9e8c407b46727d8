import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What may follow the words of one command. */
interface Place {
  /** The command's words, each with a space before it; empty for the program itself. */
  at: string;
  /** Commands and options. */
  next: string[];
  /** Options that take one of a few values, with these. */
  values: (readonly [option: string, values: readonly string[]])[];
}

function placesOf(command: Command, at = ''): Place[] {
  const own = command.commands.filter((one) => !one.name().startsWith('_'));
  const options = command.options.filter(({ hidden }) => !hidden);
  const shown = options.flatMap(({ long }) => (long ? [long] : []));
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return [
    {
      at,
      next: [...own.map((one) => one.name()), ...choices, ...shown, '--help'],
      values: options.flatMap(({ long, argChoices }) => (long && argChoices ? [[long, argChoices]] : [])),
    },
    ...own.flatMap((one) => placesOf(one, `${at} ${one.name()}`)),
  ];
}

/** The script by which a shell completes the program's commands, options, and values that are one of a few. */
export function completionScript(shell: Shell, program: Command): string {
  const places = placesOf(program);
  const known = places.filter(({ at }) => at !== '').map(({ at }) => at);
  const answers = places.flatMap(({ at, next, values }) => [
    ...values.map(([option, list]) => ({ match: `${at}|${option}`, list })),
    { match: `${at}|`, list: next },
  ]);
  return shell === 'fish' ? fish(known, answers) : sh(shell, known, answers);
}

type Answers = readonly { match: string; list: readonly string[] }[];
/** Words of commands, options and choices hold no quote; whoever adds one that does, sees it here. */
const quoted = (text: string): string => {
  if (text.includes("'")) throw new Error(`${text} cannot be completed: it holds a quote`);
  return `'${text}'`;
};

function sh(shell: 'bash' | 'zsh', known: readonly string[], answers: Answers): string {
  // Words of zsh are counted from 1, and `path` is its PATH.
  const [words, first, current] =
    shell === 'bash' ? ['COMP_WORDS', 1, 'COMP_CWORD'] : ['words', 2, 'CURRENT'];
  const wildcard = (match: string) => (match.endsWith('|') ? `${quoted(match)}*` : quoted(match));
  return [
    ...(shell === 'zsh' ? ['#compdef acopio'] : []),
    '_acopio() {',
    "  local at='' before='' list='' i",
    `  for ((i = ${first}; i < ${current}; i++)); do`,
    `    before="\${${words}[i]}"`,
    '    case "$at $before" in',
    `      ${known.map(quoted).join('|')}) at="$at $before" ;;`,
    '    esac',
    '  done',
    '  case "$at|$before" in',
    ...answers.map(({ match, list }) => `    ${wildcard(match)}) list=${quoted(list.join(' '))} ;;`),
    '  esac',
    shell === 'bash'
      ? `  COMPREPLY=($(compgen -W "$list" -- "\${COMP_WORDS[COMP_CWORD]}"))`
      : `  compadd -- \${=list}`,
    '}',
    shell === 'bash' ? 'complete -F _acopio acopio' : 'compdef _acopio acopio',
  ].join('\n');
}

function fish(known: readonly string[], answers: Answers): string {
  const wildcard = (match: string) => quoted(match.endsWith('|') ? `${match}*` : match);
  return [
    'function __acopio_next',
    "  set -l at ''",
    "  set -l before ''",
    '  for word in (commandline -opc)[2..-1]',
    '    set before $word',
    '    switch "$at $word"',
    `      case ${known.map(quoted).join(' ')}`,
    '        set at "$at $word"',
    '    end',
    '  end',
    '  switch "$at|$before"',
    ...answers.flatMap(({ match, list }) => [
      `    case ${wildcard(match)}`,
      `      string split ' ' -- ${quoted(list.join(' '))}`,
    ]),
    '  end',
    'end',
    "complete -c acopio -f -a '(__acopio_next)'",
  ].join('\n');
}
