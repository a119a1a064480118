import type { Proposals } from '../ports/proposal.ts';
import { endBuild, requireOpen } from './end-build.ts';
import { earlierProgress } from './find-build.ts';
import { requireLease } from './lease.ts';
import { findProposal, lockProposal } from './proposals.ts';
import { saveProgress } from './save-build.ts';
import type { Db } from './schema.ts';

/** The proposals port over the database; ports/proposal.ts says what each call promises. */
export function createProposals(db: Db): Proposals {
  return {
    find: (id) => findProposal(db, id),
    earlier: (delivery) => earlierProgress(db, delivery),
    progress: (delivery, known) =>
      db.transaction().execute(async (trx) => {
        requireOpen(await lockProposal(trx, delivery.proposalId), delivery);
        await requireLease(trx, delivery, 'active');
        await saveProgress(trx, delivery, known);
      }),
    end: (delivery, ending) => endBuild(db, delivery, ending),
  };
}
