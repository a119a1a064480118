/** Object ids as git makes them; byte text in, hex out. */
import { toBytes } from '../byte-text.ts';

/** Shorter abbreviations than git's own default prove nothing. */
const shortest = 7;

/** SHA-1, or SHA-256 for a full id of such a repository. */
export async function blobId(text: string, like: string): Promise<string> {
  const bytes = toBytes(`blob ${text.length}\0${text}`);
  const digest = await crypto.subtle.digest(like.length === 64 ? 'SHA-256' : 'SHA-1', new Uint8Array(bytes));
  return Buffer.from(digest).toString('hex');
}

/** Is this the blob that an `index` line names? */
export async function isBlob(text: string, stated: string): Promise<boolean> {
  return stated.length >= shortest && (await blobId(text, stated)).startsWith(stated);
}
