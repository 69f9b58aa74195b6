// What adapters share: one folder per line on standard input, one line of JSON for each on standard output.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';

/** The token files, the resolver and the inputs of a folder, by path, in order. */
export function filesOf(folder) {
  const found = (home) =>
    readdirSync(home).sort().flatMap((name) => {
      const path = join(home, name);
      return statSync(path).isDirectory() ? found(path) : [path];
    });
  const all = found(folder).map((path) => ({ path, name: relative(folder, path) }));
  const resolver = all.find(({ name }) => name.endsWith('.resolver.json'));
  const inputs = all.find(({ name }) => name === 'inputs.json');
  const tokens = all.filter((file) => file !== resolver && file !== inputs && /\.(json|tokens)$/.test(file.name));
  return { tokens, resolver, inputs: inputs && JSON.parse(readFileSync(inputs.path, 'utf8')) };
}

/** A folder that cannot be read is invalid, and the reason is its one problem. */
export async function answerLines(resolve) {
  const print = process.stdout.write.bind(process.stdout);
  for (const name of ['log', 'info', 'warn', 'error', 'debug']) console[name] = () => {};
  process.stdout.write = () => true;
  for await (const folder of createInterface({ input: process.stdin })) {
    let answer;
    try {
      answer = await resolve(folder);
    } catch (error) {
      answer = { valid: false, tokens: {}, problems: [{ message: String(error?.message ?? error) }] };
    }
    print(`${JSON.stringify(answer)}\n`);
  }
}

/** Drops what is not there, so that it counts as not said. */
export const said = (token) => Object.fromEntries(Object.entries(token).filter(([, value]) => value !== undefined));
