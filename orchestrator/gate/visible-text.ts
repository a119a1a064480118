import { z } from 'zod';

/** Text in which what a person sees and approves is what a model reads and what the database keeps. */
const visible = z
  .string()
  // Postgres would keep something else than what was approved.
  .refine((text) => text.isWellFormed(), { error: 'must be valid Unicode', abort: true })
  .refine((text) => !text.includes('\0'), { error: 'must not contain NUL', abort: true })
  // Against instructions that only the model can read: tag characters have no glyphs.
  .refine((text) => !/[\u{E0000}-\u{E007F}]/u.test(text), 'must not contain invisible tag characters');

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

/** Any number of lines; newline and tab are the only control characters. CRLF becomes LF. */
export const block = (most: number) =>
  bounded(most)
    .transform((text) => text.replaceAll('\r\n', '\n'))
    .refine((text) => !/(?![\n\t])\p{Cc}/u.test(text), 'must not contain control characters but newline and tab');

/** One sentence a problem, each beginning with the field's name; at most 20, and none repeats the value. */
export function problemsOf(error: z.ZodError): readonly string[] {
  return error.issues.slice(0, 20).map(({ path, message }) => {
    const field = path.map(String).join('.');
    return (field === '' ? message : `${field} ${message}`).slice(0, 300);
  });
}
