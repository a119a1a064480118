import type Docker from 'dockerode';
import { errorStatus } from './engine.ts';

/** Another checkout on this machine may be at work with an image that is none of ours; it gets a day. In ms. */
const respite = 24 * 3_600_000;

/**
 * Removes images of earlier versions of ours that nothing uses, so that the disk does not fill up.
 * `kept` are the tags in use now; `now` is in ms since the epoch.
 */
export async function removeSuperseded(docker: Docker, kept: readonly string[], now: number): Promise<void> {
  for (const role of ['sandbox-image', 'base']) {
    const found = await docker.listImages({ filters: { label: [`self-coding.role=${role}`] } });
    for (const image of found.filter(({ Created }) => Created * 1000 < now - respite)) {
      const tags = (image.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>');
      // An image that somebody gave another name is no longer only ours.
      if (tags.some((tag) => kept.includes(tag) || !/^self-coding\/(sandbox|base):/.test(tag))) continue;
      for (const name of tags.length > 0 ? tags : [image.Id]) {
        // Without force: the engine refuses (409) while a container or another image needs it.
        await docker
          .getImage(name)
          .remove()
          .catch((error: unknown) => {
            if (errorStatus(error) !== 409 && errorStatus(error) !== 404) throw error;
          });
      }
    }
  }
}
