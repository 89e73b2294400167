// OpenID Connect: `oidc-provider` with our settings, which come as JSON. Whoever signs in is who they say; the pages to
// sign in and out are those that come with it. A line on standard output says that it listens.
import Provider from "oidc-provider";

const { issuer, port, client, secret, callback, signedOut } = JSON.parse(process.argv[2]);

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: client,
      client_secret: secret,
      redirect_uris: [callback],
      post_logout_redirect_uris: [signedOut],
    },
  ],
  claims: { openid: ["sub"], profile: ["name"] },
  conformIdTokenClaims: false, // the name in the ID token, as schools' providers have it
  cookies: { keys: ["made-up-for-tests"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: "张三" }) }),
  // The school's own application is not asked about.
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope("openid profile");
    await grant.save();
    return grant;
  },
});
provider.listen(port, "127.0.0.1", () => console.log("listening"));
