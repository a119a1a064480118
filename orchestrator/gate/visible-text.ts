import { z } from 'zod';

/** Characters without a glyph: Unicode's own list, annotations, and separators that may or may not show as a new line. */
const invisible = /[\p{Default_Ignorable_Code_Point}\u{FFF9}-\u{FFFB}\u2028\u2029]/u;
const scripts = ['Arab', 'Beng', 'Deva', 'Gujr', 'Guru', 'Knda', 'Mlym', 'Orya', 'Sinh', 'Taml', 'Telu'];
const joining = scripts.map((script) => String.raw`\p{Script=${script}}`).join('');
/** Of these, what people can't write without: joiners in emoji and in scripts that have them, the style of an emoji. */
const needed = new RegExp(
  [
    String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic})`,
    String.raw`(?<=[\p{Extended_Pictographic}0-9#*])[\uFE0E\uFE0F]`,
    String.raw`(?<=[${joining}])[\u200C\u200D]`,
  ].join('|'),
  'gu',
);

/** Text in which what a person sees and approves is what a model reads and what the database keeps. */
const visible = z
  .string()
  // Postgres would keep something else than what was approved.
  .refine((text) => text.isWellFormed(), { error: 'must be valid Unicode', abort: true })
  .refine((text) => !text.includes('\0'), { error: 'must not contain NUL', abort: true })
  // Against instructions that only the model can read: tag characters have no glyphs.
  .refine((text) => !/[\u{E0000}-\u{E007F}]/u.test(text), {
    error: 'must not contain invisible tag characters',
    abort: true,
  })
  // As above; and characters that reverse what stands after them show something else than the model reads.
  .refine((text) => !invisible.test(text.replace(needed, '')), 'must not contain invisible or reversing characters');

/** At most so many characters, looked at before anything else is: ten megabytes cost one comparison. */
const bounded = (most: number) =>
  z
    .string({ error: 'must be text' })
    .max(most, { error: `must have at most ${most} characters`, abort: true })
    .pipe(visible);

/** One line, trimmed, not empty, without control characters. */
export const line = (most: number) =>
  bounded(most)
    .transform((text) => text.trim())
    .refine((text) => text !== '', 'must not be empty')
    .refine((text) => !/[\p{Cc}\u2028\u2029]/u.test(text), 'must be one line without control characters');

/** Lines, one for each 40 characters at most: nothing hides a screen below what a person reads. */
const fewLines = (most: number) => (text: string) => text.split('\n', most / 40 + 1).length <= most / 40;

/** Lines of text; newline and tab are the only control characters. CRLF becomes LF. */
export const block = (most: number) =>
  bounded(most)
    .transform((text) => text.replaceAll('\r\n', '\n'))
    .refine((text) => !/(?![\n\t])\p{Cc}/u.test(text), 'must not contain control characters but newline and tab')
    .refine(fewLines(most), `must have at most ${Math.floor(most / 40)} lines`);

/** One sentence a problem, each beginning with the field's name; at most 20, and none repeats the value. */
export function problemsOf(error: z.ZodError): readonly string[] {
  return error.issues.slice(0, 20).map(({ path, message }) => {
    const field = path.map(String).join('.');
    return (field === '' ? message : `${field} ${message}`).slice(0, 300);
  });
}
