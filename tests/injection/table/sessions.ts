/** Strings of sessions, clients, proxies, credentials and configuration. @module */
import {
  anonymous,
  AssignmentFile,
  type Credentials,
  httpConnect,
  loadTlsProfile,
  type Mechanism,
  ntlm,
  oauth2,
  parseConnectionString,
  parseSmtpUrl,
  parseTlsProfile,
  password,
  provider,
  proxy,
  type SessionOptions,
  SmtpClient,
  socks4a,
  socks5,
  tlsProfile,
  type TlsSettings,
} from "../../../mod.ts";
import { BASE, type World } from "../world.ts";
import { type Inject, language, late, type Table } from "../injector.ts";

const CLEAR = { tls: "off", allowInsecureAuth: true } as const;

function auth(make: (text: string) => Credentials | object, options: SessionOptions = {}): Inject {
  return (text, world) => world.open({ ...CLEAR, ...options, auth: make(text) as Credentials });
}

/** A mechanism whose octets and name are a caller's. */
function own(name: string): Mechanism {
  return { name, revealsSecret: false, initial: () => Uint8Array.of(13, 10, 65), next: () => Uint8Array.of(13, 10) };
}

async function client(target: ConstructorParameters<typeof SmtpClient>[0], world: World): Promise<void> {
  await using client = new SmtpClient(target, { runtime: world.runtime });
  await client.send(BASE);
}

/** One TLS setting, as a profile and as what a proxy is spoken to with. */
function tls(make: (text: string) => TlsSettings): Inject {
  return async (text, world) => await world.open({ tls: "implicit", profile: tlsProfile(make(text)) });
}

const PROFILE = "[p]\nVERIFY_SERVER = TRUE\n";

/** Where a server is and how it is spoken to. */
export const SESSIONS: Table = {
  "SessionOptions.host": (text, world) => world.open({ host: `mail${text}.example` }),
  "SessionOptions.path": language((text, world) =>
    world.open({ host: undefined, path: `/run/${text}` } as SessionOptions)
  ),
  "SessionOptions.localAddress": (text, world) => world.open({ localAddress: `127.0.0.1${text}` }),
  "SessionOptions.clientName": (text, world) => world.open({ clientName: text }),
  "SessionOptions.tls": (text, world) => world.open({ tls: text as "off" }),
  "SessionOptions.profile": async (text, world) =>
    await world.open({ tls: "implicit", profile: text, profiles: AssignmentFile.parse(PROFILE) }),
  "SendOptions.recipients": (text, world) => world.send({}, { recipients: `some${text}` as "some" }),
  "Session.open(target)": language((text, world) =>
    world.within(() => {}, { host: undefined, tls: undefined, ...targetOf(text, world) } as SessionOptions)
  ),
  "send(target)": language((text, world) => world.open(targetOf(text, world))),
  "new SmtpClient(target)": language((text, world) => client(`smtp://mail.example:25/${text}?tls=off`, world)),
  "new SmtpClient(target)[]": language((text, world) => client([`TCP:mail${text}.example+25`], world)),
  "ClientOptions.hosts[]": language((text, world) => client({ hosts: [`smtp://mail${text}.example?tls=off`] }, world)),
  "parseConnectionString(text)": language((text, world) => {
    const { host, port } = parseConnectionString(`TCP:mail${text}.example+25`);
    return world.open({ host, ...(port === undefined ? {} : { port }) });
  }),
  "parseSmtpUrl(text)": language((text, world) => {
    const url = parseSmtpUrl(`smtp://ada:secret@mail.example:25/?tls=off&name=${text}&allowInsecureAuth=true`);
    return world.open({ host: url.host, ...(url.name === undefined ? {} : { clientName: url.name }) });
  }),
  "provider(name)": (text, world) => world.open({ ...provider(text as "gmail") }),
  "provider(options).region": (text, world) => world.open({ ...provider("amazon-ses", { region: `eu${text}-west` }) }),
  "Session#command(line)": late((text, world) => world.within((session) => session.command(`X-TEST ${text}`))),
  "Session#command(asked)": late((text, world) => world.within((session) => session.command(`X-TEST a ${text}`))),

  "PasswordCredentials.user": auth((user) => ({ user, password: "p", mechanism: "PLAIN" })),
  "PasswordCredentials.password": auth((password) => ({ user: "u", password, mechanism: "LOGIN" })),
  "PasswordCredentials.authzid": auth((authzid) => ({ user: "u", password: "p", authzid, mechanism: "PLAIN" })),
  "PasswordCredentials.mechanism": auth((mechanism) => ({ user: "u", password: "p", mechanism })),
  "PasswordCredentials.mechanism[]": auth((mechanism) => ({
    user: "u",
    password: "p",
    mechanism: ["PLAIN", mechanism],
  })),
  "TokenCredentials.user": auth((user) => ({ user, token: "t", mechanism: "XOAUTH2" })),
  "TokenCredentials.token": auth((token) => ({ user: "u", token, mechanism: "OAUTHBEARER" })),
  "TokenCredentials.mechanism": auth((mechanism) => ({ user: "u", token: "t", mechanism })),
  "TokenCredentials.mechanism[]": auth((mechanism) => ({ user: "u", token: "t", mechanism: ["XOAUTH2", mechanism] })),
  "TokenSource()": late(
    auth((token) => ({ user: "u", token: () => token, mechanism: "OAUTHBEARER" })),
    "a token is fetched when the server is there",
  ),
  "FreshToken.token": late(
    (text, world) => world.open({ ...CLEAR, auth: oauth2("u", () => Promise.resolve(text), { mechanism: "XOAUTH2" }) }),
    "a token is fetched when the server is there",
  ),
  "ExternalCredentials.authzid": auth((authzid) => ({ mechanism: "EXTERNAL", authzid })),
  "ExternalCredentials.mechanism": auth((mechanism) => ({ mechanism: `EXTERNAL${mechanism}` })),
  "Mechanism.name": late(
    auth((name) => ({ mechanism: () => own(`X-OWN${name}`) })),
    "a mechanism is made when the server has said what it offers",
  ),
  "Mechanism.failure": auth((failure) => ({ mechanism: () => ({ ...own("X-OWN"), failure }) })),
  "oauth2(user)": (text, world) => world.open({ ...CLEAR, auth: oauth2(text, "t") }),
  "oauth2(token)": (text, world) => world.open({ ...CLEAR, auth: oauth2("u", text) }),
  "password(user)": (text, world) => world.open({ ...CLEAR, auth: password(text, "p", { mechanism: "LOGIN" }) }),
  "password(password)": (text, world) => world.open({ ...CLEAR, auth: password("u", text, { mechanism: "CRAM-MD5" }) }),
  "anonymous(trace)": (text, world) => world.open({ ...CLEAR, auth: anonymous(text) }),
  "NtlmOptions.user": auth((user) => ntlm({ user, password: "p" })),
  "NtlmOptions.password": auth((password) => ntlm({ user: "u", password })),
  "NtlmOptions.domain": auth((domain) => ntlm({ user: "u", password: "p", domain })),
  "NtlmOptions.workstation": auth((workstation) => ntlm({ user: "u", password: "p", workstation, charset: "OEM" })),
  "NtlmOptions.charset": auth((charset) => ntlm({ user: "u", password: "p", charset: charset as "OEM" })),

  "ProxyOptions.host": (text, world) => world.through(httpConnect({ host: `p${text}`, port: 1 }), "HTTP"),
  "HttpConnectOptions.user": (text, world) =>
    world.through(httpConnect({ host: "p", port: 1, user: text, password: "p" }), "HTTP"),
  "HttpConnectOptions.password": (text, world) =>
    world.through(httpConnect({ host: "p", port: 1, user: "u", password: text }), "HTTP"),
  "HttpConnectOptions.headers{key}": (text, world) =>
    world.through(httpConnect({ host: "p", port: 1, headers: { [`X${text}`]: "a" } }), "HTTP"),
  "HttpConnectOptions.headers{value}": (text, world) =>
    world.through(httpConnect({ host: "p", port: 1, headers: { Via: text } }), "HTTP"),
  "Socks5Options.user": (text, world) => world.through(socks5({ host: "p", user: text, password: "p" }), "SOCKS5"),
  "Socks5Options.password": (text, world) => world.through(socks5({ host: "p", user: "u", password: text }), "SOCKS5"),
  "Socks5Options.resolve": (text, world) => world.through(socks5({ host: "p", resolve: text as "remote" }), "SOCKS5"),
  "Socks4aOptions.user": (text, world) => world.through(socks4a({ host: "p", user: text }), "SOCKS4"),
  "Socks4aOptions.resolve": (text, world) => world.through(socks4a({ host: "p", resolve: text as "remote" }), "SOCKS4"),
  "proxy(url)": language((text, world) => world.through(proxy(`socks5://u:${text}@p:1080`), "SOCKS5")),

  "TlsSettings.profile": tls((profile) => ({ profile })),
  "TlsSettings.caCertificate": tls((caCertificate) => ({ caCertificate })),
  "TlsSettings.clientCertificate": tls((clientCertificate) => ({ clientCertificate, clientKey: "a" })),
  "TlsSettings.clientKey": tls((clientKey) => ({ clientKey, clientCertificate: "a" })),
  "TlsSettings.clientKeyPassword": tls((clientKeyPassword) => ({ clientKeyPassword })),
  "TlsSettings.cipherList[]": tls((cipher) => ({ cipherList: [cipher] })),
  "TlsSettings.minTlsVersion": tls((minTlsVersion) => ({ minTlsVersion: minTlsVersion as "1.2" })),
  "TlsSettings.maxTlsVersion": tls((maxTlsVersion) => ({ maxTlsVersion: maxTlsVersion as "1.2" })),
  "TlsSettings.pinSha256[]": tls((pin) => ({ pinSha256: [pin] })),
  "TlsSettings.sharedKey": tls((sharedKey) => ({ sharedKey })),
  "CertificateName.name": tls((name) => ({ verifyServerName: [{ type: "DNS", name }] })),
  "CertificateName.type": tls((type) => ({ verifyServerName: [{ type: type as "DNS", name: "a.example" }] })),
  "parseTlsProfile(text)": language(async (text, world) =>
    await world.open({ tls: "implicit", profile: parseTlsProfile(`MIN_TLS_VERSION = ${text}`) })
  ),
  ...profileOptions(),
};

/** A URL with the string in its query, a user or a host. */
function targetOf(text: string, { runtime }: World): SessionOptions {
  const url = parseSmtpUrl(
    `smtp://u:${encodeURIComponent(String(text).toWellFormed())}@mail.example:25/?tls=off&name=${text}`,
  );
  return {
    host: url.host,
    tls: "off",
    runtime,
    ...(url.name === undefined ? {} : { clientName: url.name }),
  };
}

/** Names and paths around profiles: what is read from them is a file's. */
function profileOptions(): Table {
  const parsed = (make: (text: string) => Parameters<typeof parseTlsProfile>[1]): Inject => async (text, world) => {
    const profile = parseTlsProfile("CA_CERTIFICATE = usys:ca.pem", make(text));
    await loadTlsProfile(profile, () => Promise.resolve(new Uint8Array()));
    await world.open({ tls: "implicit", profile });
  };
  const assigned =
    (make: (text: string) => Parameters<typeof AssignmentFile.parse>[1]): Inject => async (text, world) =>
      await world.open({
        tls: "implicit",
        profile: "p",
        profiles: AssignmentFile.parse("[p]\nCA_CERTIFICATE = usys:ca.pem\n", make(text)),
      });
  const load = (path: string | readonly string[], logicals: Readonly<Record<string, string>>) =>
    AssignmentFile.load(path, { logicals, loader: () => Promise.resolve(new TextEncoder().encode(PROFILE)) });
  return {
    "ParseTlsProfileOptions.name": parsed((name) => ({ name })),
    "ParseTlsProfileOptions.source": parsed((source) => ({ source })),
    "ParseTlsProfileOptions.directory": parsed((directory) => ({ directory })),
    "ParseTlsProfileOptions.logicals{key}": parsed((key) => ({ logicals: { [`usys${key}`]: "a" } })),
    "ParseTlsProfileOptions.logicals{value}": parsed((usys) => ({ logicals: { usys } })),
    "ParseAssignmentFileOptions.source": assigned((source) => ({ source })),
    "ParseAssignmentFileOptions.directory": assigned((directory) => ({ directory })),
    "ParseAssignmentFileOptions.logicals{key}": assigned((key) => ({ logicals: { [`usys${key}`]: "a" } })),
    "ParseAssignmentFileOptions.logicals{value}": assigned((usys) => ({ logicals: { usys } })),
    "LoadAssignmentFileOptions.logicals{key}": async (text, world) =>
      await world.open({ tls: "implicit", profile: "p", profiles: await load("a", { [`usys${text}`]: "a" }) }),
    "LoadAssignmentFileOptions.logicals{value}": async (text, world) =>
      await world.open({ tls: "implicit", profile: "p", profiles: await load("a", { usys: text }) }),
    "AssignmentFile.load(path)": async (text, world) =>
      await world.open({ tls: "implicit", profile: "p", profiles: await load(text, {}) }),
    "AssignmentFile.load(path)[]": async (text, world) =>
      await world.open({ tls: "implicit", profile: "p", profiles: await load([text], {}) }),
    "AssignmentFile.parse(content)": language(async (text, world) =>
      await world.open({ tls: "implicit", profile: "p", profiles: AssignmentFile.parse(`${PROFILE};${text}`) })
    ),
    "AssignmentFile#profile(name)": async (text, world) =>
      await world.open({ tls: "implicit", profile: AssignmentFile.parse(PROFILE).profile(text) }),
    "AssignmentFile#has(name)": async (text, world) => {
      AssignmentFile.parse(PROFILE).has(text);
      await world.open({});
    },
  };
}
