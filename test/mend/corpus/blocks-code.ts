/** Functions, classes and tests of several languages. */
import type { Block } from './languages.ts';
import { sentence, words } from './words.ts';

export const python: readonly Block[] = [
  (r) => {
    const { noun, verb, field, number } = words(r);
    return `def ${verb}_${noun}(${noun}, ${field}=None):
    """${sentence(r)}."""
    if ${noun} is None:
        return None
    result = ${noun}.${field}
    if result > ${number}:
        raise ValueError("bad ${field}")
    return result


`;
  },
  (r) => {
    const { noun, Noun, verb, field, other } = words(r);
    return `class ${Noun}${r.pick(['Service', 'Store', 'View'])}:
    def __init__(self, ${field}, ${other}):
        self.${field} = ${field}
        self.${other} = ${other}

    def ${verb}(self):
        try:
            return self._${verb}(self.${field})
        except KeyError as error:
            log.warning("no ${noun}: %s", error)
            return None

    def __repr__(self):
        return f"<${Noun} {self.${field}}>"


`;
  },
  (r) => {
    const { noun, verb, field, number } = words(r);
    return `def test_${verb}_${noun}_${r.below(9)}():
    ${noun} = make_${noun}(${field}=${number})
    result = ${verb}_${noun}(${noun})
    assert result is not None
    assert result.${field} == ${number}


`;
  },
];

export const typescript: readonly Block[] = [
  (r) => {
    const { noun, Noun, verb, field, number } = words(r);
    return `export function ${verb}${Noun}(${noun}: ${Noun}): ${Noun} | null {
  if (!${noun}) {
    return null;
  }
  const ${field} = ${noun}.${field} ?? ${number};
  return { ...${noun}, ${field} };
}

`;
  },
  (r) => {
    const { Noun, field, other } = words(r);
    return `export interface ${Noun} {
  readonly id: string;
  readonly ${field}: string;
  readonly ${other}: number;
}

`;
  },
  (r) => {
    const { noun, field, number } = words(r);
    return `test('${sentence(r)}', async () => {
  const ${noun} = await setup({ ${field}: ${number} });
  expect(${noun}).toBeDefined();
  expect(${noun}.${field}).toBe(${number});
});

`;
  },
];

export const go: readonly Block[] = [
  (r) => {
    const { noun, Noun, verb, field, number } = words(r);
    return `// ${verb}${Noun} ${sentence(r)}.
func (s *Server) ${verb}${Noun}(ctx context.Context, id string) (*${Noun}, error) {
\t${noun}, err := s.store.Get(ctx, id)
\tif err != nil {
\t\treturn nil, fmt.Errorf("${verb}: %w", err)
\t}
\tif ${noun}.${field} > ${number} {
\t\treturn nil, errLimit
\t}
\tfor _, each := range ${noun}.Items {
\t\tif each == nil {
\t\t\tcontinue
\t\t}
\t}
\treturn ${noun}, nil
}

`;
  },
  (r) => {
    const { Noun, field, other } = words(r);
    return `type ${Noun} struct {\n\tID    string\n\t${field}  string\n\t${other} int64\n}\n\n`;
  },
];

export const c: readonly Block[] = [
  (r) => {
    const { noun, verb, field, number } = words(r);
    return `/* ${sentence(r)} */
static int ${noun}_${verb}(struct ${noun} *p, int flags)
{
\tint rc;

\tif (!p)
\t\treturn -EINVAL;
\trc = ${noun}_lock(p, flags |
\t\t\t  FLAG_${field.toUpperCase()});
\tif (rc < 0)
\t\tgoto out;
\tp->${field} = ${number};
out:
\t${noun}_unlock(p);
\treturn rc;
}

`;
  },
];

export const make: readonly Block[] = [
  (r) => {
    const { noun, verb } = words(r);
    return `.PHONY: ${verb}-${noun}
${verb}-${noun}: build
\t@echo "${sentence(r)}"
\tmkdir -p out/${noun}
\t./scripts/${verb}.sh --target $(TARGET)

`;
  },
];

export const csharp: readonly Block[] = [
  (r) => {
    const { Noun, verb, field } = words(r);
    return `    public ${Noun} ${verb}${Noun}(string ${field})
    {
        if (${field} == null)
        {
            throw new ArgumentNullException(nameof(${field}));
        }
        return _store.Get(${field});
    }

`;
  },
];
