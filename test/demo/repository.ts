/** The demo's subject: a small but real Python project with a bug, a failing test, and a bare remote to push to. */

export const files: Readonly<Record<string, string>> = {
  'README.md': '# till\n\nAdds up a basket, with bulk discounts.\n',
  'till/__init__.py': '',
  'till/basket.py': `"""Adds up a basket. Prices are in cents, so that no rounding is lost."""

BULK_FROM = 10
BULK_DISCOUNT_PERCENT = 5


def line_total(price_cents, quantity):
    """Price of one line of a basket, with the bulk discount where it applies."""
    total = price_cents * quantity
    if quantity > BULK_FROM:
        total -= total * BULK_DISCOUNT_PERCENT // 100
    return total


def basket_total(lines):
    """Sum over (price_cents, quantity) pairs."""
    return sum(line_total(price, quantity) for price, quantity in lines)
`,
  'tests/test_basket.py': `from till.basket import basket_total, line_total


def test_small_lines_have_no_discount():
    assert line_total(250, 3) == 750


def test_the_discount_starts_at_ten_pieces():
    assert line_total(100, 10) == 950


def test_a_basket_is_the_sum_of_its_lines():
    assert basket_total([(250, 3), (100, 20)]) == 750 + 1900
`,
  'tests/__init__.py': '',
};

/** The feedback event behind the proposal. */
export const feedback = {
  source: 'demo',
  kind: 'user_report',
  message: 'I bought ten pens and paid the full price; the price list says five percent off from ten on.',
  paths: ['till/basket.py'],
  trust: 'low',
} as const;

export const proposal = {
  title: 'The bulk discount starts one piece too late',
  description: [
    'Customers report that ten pieces of an article are charged at the full price, although the price list grants',
    'the bulk discount from ten pieces on. See till/basket.py; tests/test_basket.py already has the case.',
  ].join('\n'),
  testCommand: 'python3 -m pytest -q tests',
};

const from = '    if quantity > BULK_FROM:';

function fix(line: string): string {
  return [
    '```diff',
    'diff --git a/till/basket.py b/till/basket.py',
    '--- a/till/basket.py',
    '+++ b/till/basket.py',
    '@@ -7,6 +7,6 @@ BULK_DISCOUNT_PERCENT = 5',
    ' def line_total(price_cents, quantity):',
    '     """Price of one line of a basket, with the bulk discount where it applies."""',
    '     total = price_cents * quantity',
    `-${from}`,
    `+${line}`,
    '         total -= total * BULK_DISCOUNT_PERCENT // 100',
    '     return total',
    '```',
    '',
  ].join('\n');
}

/** What the scripted model answers, round by round: a wrong guess first, so that the demo shows a repair. */
export const answers: readonly string[] = [
  `The limit itself seems to be off by one.\n\n${fix('    if quantity > BULK_FROM + 1:')}`,
  `The comparison has to include the limit.\n\n${fix('    if quantity >= BULK_FROM:')}`,
];
