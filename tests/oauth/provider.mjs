// A real OpenID Connect provider for the tests: npm's oidc-provider with its own development forms.
// Arguments: the provider's entry point, the redirect URI, client id, client secret. Prints its issuer once it listens.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const [entry, redirectUri, clientId, clientSecret] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(entry));

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
  async findAccount(ctx, id) {
    const local = id.replace(/^unverified-/, '');
    return {
      accountId: id,
      async claims() {
        return {
          sub: id,
          email: `${local}@example.org`,
          email_verified: !id.startsWith('unverified-'),
          name: `${local} of the tests`,
          preferred_username: local,
        };
      },
    };
  },
});
server.on('request', provider.callback());
console.log(issuer);
