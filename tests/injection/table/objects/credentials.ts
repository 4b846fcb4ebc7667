/** Objects that are credentials, or get tokens. @module */
import {
  cachedToken,
  clientCredentials,
  type Credentials,
  ntlm,
  oauth2,
  password,
  refreshToken,
  serviceAccount,
} from "../../../../mod.ts";
import { named, type Subject, subject, type Use } from "./subject.ts";

const AUTH = ["PasswordCredentials", "TokenCredentials", "ExternalCredentials", "CustomMechanism"];
const CLIENT_KEYS = ["TokenClientOptions", "TokenEndpointOptions"];
const PEM = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
const CLIENT = { tokenUrl: "https://login.example/", clientId: "a", clientSecret: "s" };

/** Credentials are asked for in clear text, which every server here takes. */
function logon(name: string, object: object): Subject {
  const use: Use = (auth, world) => world.open({ auth, allowInsecureAuth: true });
  return named(name, subject(AUTH, object, use));
}

/** All of these. */
export const CREDENTIALS: readonly Subject[] = [
  ...["PLAIN", "LOGIN", "CRAM-MD5"].map((mechanism) => logon(mechanism, { user: "u", password: "p", mechanism })),
  logon("XOAUTH2", { user: "u", token: "t", mechanism: "XOAUTH2" }),
  logon("EXTERNAL", { mechanism: "EXTERNAL" }),
  logon("own mechanism", {
    mechanism: () => ({ name: "X-OWN", revealsSecret: false, initial: () => new Uint8Array(1) }),
  }),
  {
    ...subject("TokenCredentials", { mechanism: "XOAUTH2" }, (one) => oauth2("u", "t", one)),
    name: "oauth2",
    keys: ["mechanism"],
  },
  {
    ...subject(
      "PasswordOptions",
      { mechanism: "PLAIN", maxIterations: 5_000 },
      (one, world) => world.open({ auth: password("u", "p", one) as Credentials, allowInsecureAuth: true }),
    ),
    keys: ["mechanism", "authzid", "maxIterations"],
  },
  subject(
    "NtlmOptions",
    { user: "u", password: "p", domain: "d" },
    (one, world) => world.open({ auth: ntlm(one), allowInsecureAuth: true }).catch((error) => String(error)),
  ),
  subject(
    ["ServiceAccountOptions", "TokenEndpointOptions"],
    { clientEmail: "a@b", subject: "c@d", privateKey: PEM },
    (one) => void serviceAccount(one),
  ),
  subject(["ClientCredentialsOptions", ...CLIENT_KEYS], CLIENT, (one) => void clientCredentials(one)),
  subject(["RefreshTokenOptions", ...CLIENT_KEYS], { ...CLIENT, refreshToken: "r" }, (one) => void refreshToken(one)),
  subject("TokenCacheOptions", { margin: 5 }, (one) => cachedToken(() => ({ token: "t" }), one)()),
  {
    ...subject("FreshToken", { token: "t", expiresIn: 5 }, (one) => cachedToken(() => one)()),
    open: "it is what another library gives for a token",
  },
];
