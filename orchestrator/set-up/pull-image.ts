import type Docker from 'dockerode';
import { describe } from '../outcome.ts';
import { errorStatus } from './engine.ts';
import { EngineFailed, followEngine } from './engine-messages.ts';

/** From the question to the registry's first word (ms): without network, some name servers keep one waiting. */
const firstWord = 20_000;
/** The longest silence in a pull that has begun, in ms. */
const silence = 60_000;

/**
 * Pulls an image. `refused` when no registry answers within 20 s, or it has no such image, or the pull breaks off:
 * `why` says which, in the engine's words. The engine keeps nothing of a broken pull under the name.
 */
export async function pullImage(
  docker: Docker,
  name: string,
  signal: AbortSignal,
): Promise<{ readonly kind: 'pulled' } | { readonly kind: 'refused'; readonly why: string }> {
  const clock = new AbortController();
  const giveUp = () => clock.abort(new Error(`no word from the registry of ${name}`));
  let timer = setTimeout(giveUp, firstWord);
  try {
    const abortSignal = AbortSignal.any([signal, clock.signal]);
    await followEngine(await docker.pull(name, { abortSignal }), () => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, silence);
    });
    return { kind: 'pulled' };
  } catch (error) {
    signal.throwIfAborted();
    if (clock.signal.aborted) return { kind: 'refused', why: `no registry answered for ${name}` };
    if (error instanceof EngineFailed || errorStatus(error) !== null)
      return { kind: 'refused', why: describe(error).trim() };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
