/** Takes known secret values out of text that leaves the process: logs, errors, reasons. */

export interface Scrubber {
  /** The same text with every known secret, in plain or in a usual encoding, replaced by «redacted». */
  readonly scrub: (text: string) => string;
  /** Where the first of them begins in a text; null = there is none. */
  readonly find: (text: string) => number | null;
  /** Adds a secret that came to be later, such as a minted token. */
  readonly learn: (secret: string) => void;
}

const mark = '«redacted»';
/** Shorter values are ordinary words: replacing them would ruin every line and protect nothing. */
const shortest = 6;

/** A scrubber for these values; null and values under six characters are left out. */
export function createScrubber(secrets: readonly (string | null)[]): Scrubber {
  const forms = new Set<string>();
  let pattern: RegExp | null = null;
  const learn = (secret: string) => {
    for (const form of encodings(secret)) forms.add(form);
    pattern = patternOf(forms);
  };
  for (const secret of secrets) if (secret !== null) learn(secret);
  return {
    learn,
    scrub: (text) => (pattern === null ? text : text.replace(pattern, mark)),
    find: (text) => {
      const at = pattern === null ? -1 : text.search(pattern);
      return at === -1 ? null : at;
    },
  };
}

/** A copy of an error and its causes with the secrets taken out and nothing else attached to it. */
export function scrubError(error: unknown, scrubber: Scrubber): Error {
  if (!(error instanceof Error)) return new Error(scrubber.scrub(String(error)));
  const cause = error.cause === undefined ? {} : { cause: scrubError(error.cause, scrubber) };
  // A client's error carries the request, with its authorization header: a new one can't.
  const copy = new Error(scrubber.scrub(error.message), cause);
  copy.name = error.name;
  copy.stack = scrubber.scrub(error.stack ?? '');
  return copy;
}

/** A destination for pino that scrubs each line before it is written. pino's own redaction misses messages and errors. */
export function createLogStream(
  scrubber: Scrubber,
  out: { write(line: string): unknown },
): { write(line: string): void } {
  return {
    write(line) {
      out.write(scrubber.scrub(line));
    },
  };
}

function patternOf(forms: ReadonlySet<string>): RegExp | null {
  // Longest first: a part that is replaced first would leave the rest of the whole readable.
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return null;
  return new RegExp(longestFirst.map(literally).join('|'), 'g');
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function encodings(secret: string): readonly string[] {
  // Of a key in PEM every line is a secret: logs and JSON break it at its newlines.
  const parts = [secret, ...secret.split(/\r?\n|\\n/)].filter((part) => part.trim().length >= shortest);
  return parts.filter((part) => !part.startsWith('-----') || part.includes('\n')).flatMap(encodingsOfOne);
}

function encodingsOfOne(secret: string): readonly string[] {
  const hex = Buffer.from(secret).toString('hex');
  const percent = encodeURIComponent(secret);
  const lowerPercent = percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const json = JSON.stringify(secret).slice(1, -1);
  const reversed = Array.from(secret).toReversed().join('');
  return [secret, reversed, json, hex, hex.toUpperCase(), percent, lowerPercent, ...base64Forms(secret)];
}

/** Base64 of a text that has the secret in it, as in an `Authorization: Basic` header: three alignments, two alphabets. */
function base64Forms(secret: string): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    // The first and last characters depend on the neighbours: only what the secret alone decides is searched for.
    const start = Math.ceil((offset * 8) / 6);
    const end = Math.floor((bytes.length * 8) / 6);
    const standard = bytes.toString('base64').slice(start, end);
    const urlSafe = standard.replaceAll('+', '-').replaceAll('/', '_');
    return standard.length < shortest ? [] : [standard, urlSafe];
  });
}
