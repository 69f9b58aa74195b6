// Style Dictionary: its own parsing and resolving with usesDtcg, no transforms, broken references as errors.
import StyleDictionary from 'style-dictionary';
import { answerLines, filesOf, said } from './lines.mjs';

await answerLines(async (folder) => {
  const { tokens: files, resolver } = filesOf(folder);
  if (resolver) return null; // Style Dictionary reads no resolver documents
  const options = {
    usesDtcg: true,
    source: files.map(({ path }) => path),
    hooks: { parsers: { tokens: { pattern: /\.tokens$/, parser: ({ contents }) => JSON.parse(contents) } } },
    parsers: ['tokens'],
    platforms: { plain: { transforms: [] } },
    log: { verbosity: 'verbose', warnings: 'disabled', errors: { brokenReferences: 'throw' } },
  };
  // a failure of the constructor's own start could not be caught
  const dictionary = new StyleDictionary(options, { init: false });
  await dictionary.init();
  const { allTokens } = await dictionary.getPlatformTokens('plain');
  const tokens = Object.fromEntries(
    allTokens.map((token) => [
      token.path.join('.'),
      said({
        type: token.$type,
        value: token.$value,
        description: token.$description,
        deprecated: token.$deprecated,
        extensions: token.$extensions,
      }),
    ]),
  );
  return { valid: true, tokens, problems: [] };
});
