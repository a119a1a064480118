/** The Docker client, and one way to call it. */
import Docker from 'dockerode';
import { Fault } from '../outcome.ts';

/** The daemon answers in milliseconds; one that is silent for this long is gone. */
const answerMs = 60_000;

/** A client for this socket and no other: `DOCKER_HOST` and its kin in the environment are not listened to. */
export function connectDocker(socketPath: string): Docker {
  return new Docker({ socketPath, protocol: 'http', host: undefined, port: undefined });
}

/**
 * One call of the API with a time limit. `what` completes "Docker could not …".
 * Throws `Fault('sandbox_start_failed')`, whose cause carries the HTTP status or the socket's error code.
 */
export async function call<T>(subject: string, what: string, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const silence = new AbortController();
  const silent = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`no answer in ${answerMs} ms`);
    silence.abort(error);
    // The abort alone is not enough: dockerode never settles when the daemon dies in the middle of an answer.
    silent.reject(error);
  }, answerMs);
  try {
    return await Promise.race([ask(silence.signal), silent.promise]);
  } catch (cause) {
    throw new Fault('sandbox_start_failed', subject, `Docker could not ${what}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** A POST with a JSON body, as the daemon answers it. dockerode's own calls write the whole body into the URL too. */
export async function post(docker: Docker, path: string, body: object, abortSignal: AbortSignal): Promise<unknown> {
  const statusCodes = { 201: true, 400: 'bad parameter', 404: 'not found', 409: 'conflict', 500: 'server error' };
  return new Promise((resolve, reject) => {
    docker.modem.dial({ path, method: 'POST', options: { _body: body }, abortSignal, statusCodes }, (error, answer) =>
      error === null ? resolve(answer) : reject(error),
    );
  });
}

/** The HTTP status with which the daemon refused a `call`; null when there was no answer at all. */
export function refusalStatus(error: unknown): number | null {
  const cause = error instanceof Fault ? error.cause : error;
  if (!(cause instanceof Error) || !('statusCode' in cause)) return null;
  return typeof cause.statusCode === 'number' ? cause.statusCode : null;
}
