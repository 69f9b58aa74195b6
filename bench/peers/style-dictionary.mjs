// Style Dictionary: one token file to css, scss and json with the transform groups that its documentation names.
import StyleDictionary from 'style-dictionary';

const [source, out] = process.argv.slice(2);
const platform = (transformGroup, destination, format) => ({
  transformGroup,
  buildPath: `${out}/`,
  files: [{ destination, format }],
});
const dictionary = new StyleDictionary({
  log: { verbosity: 'silent', warnings: 'disabled' },
  usesDtcg: true,
  source: [source],
  platforms: {
    css: platform('css', 'tokens.css', 'css/variables'),
    scss: platform('scss', 'tokens.scss', 'scss/variables'),
    json: platform('web', 'tokens.json', 'json/nested'),
  },
});
await dictionary.buildAllPlatforms();
