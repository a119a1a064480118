/** Pieces of mutations: changes of lines, and of the names in header lines. Text is latin1, so that any byte can be in it. */

export type Mutation = (diff: string) => string;

/** Changes one of the lines that the filter takes; the diff as it is where there is none. */
export function onLine(at: number, wanted: RegExp, change: (line: string) => string): Mutation {
  return (diff) => {
    const lines = diff.split('\n');
    const candidates = lines.flatMap((line, index) => (wanted.test(line) ? [index] : []));
    const chosen = candidates[at % Math.max(1, candidates.length)];
    return lines.map((line, index) => (index === chosen ? change(line) : line)).join('\n');
  };
}

export function onLines(change: (lines: string[], length: number) => readonly string[]): Mutation {
  return (diff) => {
    const lines = diff.split('\n');
    return change(lines, lines.length).join('\n');
  };
}

/** The name in a header line, behind its prefix, replaced. */
export function renamed(line: string, to: string): string {
  if (line.startsWith('diff --git ')) return line.replace(/ ("?)b\/.*$/, () => ` b/${to}`);
  return line.replace(
    /^((?:---|\+\+\+) "?[ab]\/|(?:rename|copy) (?:from|to) ).*$/,
    (_, head: string) => `${head.replace('"', '')}${to}`,
  );
}

export function octal(line: string, every: number): string {
  return line.replace(/^((?:---|\+\+\+|(?:rename|copy) (?:from|to)) )([^"].*)$/, (_, head: string, path: string) => {
    const spelled = Array.from(path, (char, at) =>
      at % every === 0 ? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}` : char,
    );
    return `${head}"${spelled.join('')}"`;
  });
}
