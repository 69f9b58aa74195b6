// Terrazzo: its parser with every rule about validity as an error, and its resolver with the folder's inputs.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { defineConfig, Logger, parse } from '@terrazzo/parser';
import { answerLines, filesOf, said } from './lines.mjs';

const RULES = [
  'color', 'dimension', 'font-family', 'font-weight', 'duration', 'cubic-bezier', 'number', 'link', 'boolean', 'string',
  'stroke-style', 'border', 'transition', 'shadow', 'gradient', 'typography',
].map((name) => `core/valid-${name}`);

await answerLines(async (folder) => {
  const { tokens: files, resolver, inputs } = filesOf(folder);
  const logger = new Logger({ level: 'error' });
  const rules = Object.fromEntries(RULES.map((rule) => [rule, 'error']));
  const config = defineConfig(
    { lint: { rules: { ...rules, 'core/valid-dimension': ['error', { allowedUnits: ['px', 'rem'] }] } } },
    { logger, cwd: pathToFileURL(`${folder}/`) },
  );
  const sources = (resolver ? [resolver] : files).map(({ path }) => ({
    filename: pathToFileURL(path),
    src: readFileSync(path, 'utf8'),
  }));
  const parsed = await parse(sources, { config, logger, req: (url) => readFile(url, 'utf8') });
  if (resolver) parsed.resolver.isValidInput(inputs ?? {}, true);
  const found = resolver ? parsed.resolver.apply(inputs ?? {}) : parsed.tokens;
  const tokens = Object.fromEntries(
    Object.entries(found).map(([path, token]) => [
      path,
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
