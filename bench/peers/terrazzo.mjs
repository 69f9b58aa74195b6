// Terrazzo: one token file to css.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build, defineConfig, parse } from '@terrazzo/parser';
import css from '@terrazzo/plugin-css';

const [source, out] = process.argv.slice(2);
const plugins = [css({ filename: 'tokens.css' })];
const config = defineConfig({ tokens: [source], outDir: out, plugins }, { cwd: pathToFileURL(`${process.cwd()}/`) });
const parsed = await parse([{ filename: pathToFileURL(source), src: readFileSync(source, 'utf8') }], { config });
const { outputFiles } = await build(parsed.tokens, { ...parsed, config });
mkdirSync(out, { recursive: true });
for (const { filename, contents } of outputFiles) writeFileSync(`${out}/${filename}`, contents);
