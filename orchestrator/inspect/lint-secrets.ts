/**
 * secretlint's recommended rules on one text, without secretlint's own core: that one marks every call in the process's
 * performance timeline and keeps the marks, which a process that lives for months can't afford (measured: 6 ms and some
 * kilobytes for each call, against 0.2 ms).
 */
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintRuleContext, SecretLintRuleReportDescriptor, SecretLintSourceCode } from '@secretlint/types';

export interface SecretFound {
  /** Where it begins in the text. */
  readonly index: number;
  /** Kind of secret, for people. Never the secret itself. */
  readonly kind: string;
  readonly value: string;
}

/** Without the filter by which a comment in the text ("secretlint-disable") switches the others off. */
const scanners = rules.filter(({ meta }) => meta.id !== '@secretlint/secretlint-rule-filter-comments');

export async function lintSecrets(content: string): Promise<readonly SecretFound[]> {
  const found: SecretFound[] = [];
  const source = sourceOf(content);
  for (const rule of scanners) {
    const name = rule.meta.id.replace('@secretlint/secretlint-rule-', '');
    const report = ({ message, range: [index, end] }: SecretLintRuleReportDescriptor): void => {
      found.push({ index, kind: `a credential (${name}: ${message.messageId})`, value: content.slice(index, end) });
    };
    await rule.create(contextOf(report), {}).file?.(source);
  }
  return found;
}

function contextOf(report: SecretLintRuleContext['report']): SecretLintRuleContext {
  return {
    sharedOptions: {},
    report,
    ignore: () => undefined,
    createTranslator: () => (messageId, data) => ({ messageId: String(messageId), message: '', data }),
  };
}

/** A text and nothing else. It has no path: one of the rules would open the file of that name. */
function sourceOf(content: string): SecretLintSourceCode {
  return {
    content,
    hasBOM: false,
    filePath: undefined,
    physicalFilePath: undefined,
    contentType: 'text',
    ext: '',
    getFilePath: () => undefined,
    getPhysicalFilePath: () => undefined,
    locationToRange: notOffered,
    rangeToLocation: notOffered,
    positionToIndex: notOffered,
    indexToPosition: notOffered,
  };
}

function notOffered(): never {
  throw new Error('a rule of secretlint asked for a position, which is not offered');
}
