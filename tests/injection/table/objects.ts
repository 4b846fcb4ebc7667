/** Every object that a caller hands over: what is in a good one, and what is done with it. @module */
import {
  AssignmentFile,
  cachedToken,
  clientCredentials,
  type ClientOptions,
  compose,
  type ComposeOptions,
  composer,
  connectionFrom,
  type Credentials,
  deliverBy,
  dkim,
  dkimRecord,
  dsn,
  envelopeOption,
  fileLoader,
  flowed,
  fromFile,
  futureRelease,
  httpConnect,
  mimeEntity,
  ntlm,
  oauth2,
  parseTlsProfile,
  password,
  progressBar,
  provider,
  readRawMessage,
  refreshToken,
  send,
  serviceAccount,
  Session,
  type SessionOptions,
  SmtpClient,
  socks4a,
  socks5,
  threadOf,
  tlsProfile,
  urlLoader,
  xclient,
  xforward,
} from "../../../mod.ts";
import { UPopMail } from "../../../lib/uniface/mod.ts";
import { DKIM_KEY } from "../../support/dkim_key.ts";
import { BASE, type World } from "../world.ts";

/** An object, and the types whose keys it may have. */
export interface Subject {
  readonly name: string;
  readonly types: readonly string[];
  /** Default: those of its types. */
  readonly keys?: readonly string[];
  /** A good one, with some of its keys. */
  readonly make: (world: World) => object;
  /** Hands it over; what it gives is compared. */
  readonly use: (object: never, world: World) => unknown;
  /** Why it may have other keys too. */
  readonly open?: string;
  /** Why one that inherits something is refused. */
  readonly plain?: string;
}

const AUTH = ["PasswordCredentials", "TokenCredentials", "ExternalCredentials", "CustomMechanism"];
const CLIENT_KEYS = ["TokenClientOptions", "TokenEndpointOptions"];
const SERVER = { host: "mail.example", tls: "off" } as const;
const PEM = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
const CLIENT = { tokenUrl: "https://login.example/", clientId: "a", clientSecret: "s" };

type Use = Subject["use"];

function subject(types: string | readonly string[], object: object | Subject["make"], use: Use): Subject {
  const make = typeof object === "function" ? object as Subject["make"] : () => ({ ...object });
  const all = typeof types === "string" ? [types] : types;
  return { name: all[0]!, types: all, make, use };
}

function named(name: string, one: Subject): Subject {
  return { ...one, name };
}

function part(types: string | readonly string[], object: object, key: string): Subject {
  return subject(types, object, (one, world) => world.send({ html: "a", [key]: one } as object));
}

function option(type: string, object: object, make: (options: never) => unknown): Subject {
  return subject(type, object, (one, world) => world.send({ envelope: { options: [make(one) as never] } }));
}

/** Credentials are asked for in clear text, which every server here takes. */
function logon(name: string, object: object): Subject {
  const use: Use = (auth, world) => world.open({ auth, allowInsecureAuth: true });
  return named(name, subject(AUTH, object, use));
}

function client(types: readonly string[], object: object, options: (one: never) => ClientOptions): Subject {
  return subject(types, object, (one, world) => sent({ host: "mail.example", tls: "off", ...options(one) }, world));
}

async function sent(target: ClientOptions, world: World, options: ClientOptions = {}): Promise<void> {
  const client = new SmtpClient(target, { ...world.own, ...options });
  try {
    await client.send(BASE);
  } finally {
    await client.close();
  }
}

function inSession(
  name: string,
  type: string,
  object: object,
  act: (session: SessionOf, one: never) => unknown,
): Subject {
  return named(name, subject(type, object, (one, world) => world.within((session) => act(session, one))));
}

type SessionOf = Parameters<Parameters<World["within"]>[0]>[0];

async function opened(world: World, options: SessionOptions): Promise<void> {
  const session = await Session.open({ ...SERVER, ...world.own }, options);
  await session.send(BASE);
  await session.close();
}

async function withClient(world: World, act: (client: SmtpClient) => unknown): Promise<void> {
  const client = new SmtpClient({ ...SERVER, ...world.own });
  try {
    await act(client);
  } finally {
    await client.close();
  }
}

const LIVE = { signal: new AbortController().signal };

/** All of them. */
export const SUBJECTS: readonly Subject[] = [
  part("MailboxInput", { name: "A", address: "a@b.example" }, "from"),
  part("GroupInput", { group: "A", members: ["a@b.example"] }, "to"),
  subject(
    "Message",
    { ...BASE, cc: "c@example.org", subject: "a" },
    (one, world) => send({ ...SERVER, ...world.own }, one),
  ),
  part("CalendarInput", { content: "BEGIN:VCALENDAR\r\n", method: "REQUEST" }, "calendar"),
  subject(
    "Alternative",
    { content: "a", contentType: "text/x-a" },
    (one, world) => world.send({ alternatives: [one] }),
  ),
  subject(
    "CustomFieldValue",
    { value: "a", structured: true },
    (one, world) => world.send({ headers: { "X-A": one } }),
  ),
  subject(
    ["Attachment", "AttachmentAbout", "AttachedMessage"],
    { content: "a", filename: "a.txt", description: "a" },
    (one, world) => world.send({ attachments: [one] }),
  ),
  named(
    "AttachedMessage",
    subject(
      ["AttachedMessage", "Attachment", "AttachmentAbout"],
      { message: BASE },
      (one, world) => world.send({ attachments: [one] }),
    ),
  ),
  named(
    "NamedAttachment",
    subject(
      ["Message.attachments[]", "Attachment", "AttachmentAbout", "AttachedMessage"],
      { path: "a.txt", cid: "a" },
      (one, world) =>
        world.send({ attachments: [one] }, { compose: composer({ load: fileLoader({ root: "/a", ...world.own }) }) }),
    ),
  ),
  subject("Base64Content", { base64: "YQ==" }, (content, world) => world.send({ attachments: [{ content }] })),
  {
    ...subject(
      "ContentSource",
      { size: 1, open: () => new Blob(["a"]).stream() },
      (content, world) => world.send({ attachments: [{ content }] }),
    ),
    open: "a source is a thing that does something, such as a file's handle",
  },
  subject(
    "RawMessage",
    { raw: "From: a@b.example\r\n\r\nHi", envelope: { to: "c@d.example" } },
    (one, world) => world.send(one),
  ),
  part("EnvelopeInput", { from: "a@b.example", to: "c@d.example" }, "envelope"),
  part("MailingList", { id: "a.b", help: "https://a.example/" }, "list"),
  subject(
    "ComposeOptions",
    (world) => ({ load: fileLoader({ root: "/a", ...world.own }) }),
    async (options: ComposeOptions) =>
      (await compose({ ...BASE, messageId: "a@b", date: new Date(0) }, options).toBytes()).length,
  ),
  subject(
    ["ComposerOptions", "ComposeOptions"],
    { transform: (entity: Uint8Array) => entity, memoryLimit: 100_000 },
    (one, world) => world.send({}, { compose: composer(one) }),
  ),
  subject(
    "EntityOptions",
    { filename: "a.txt", description: "a" },
    (one) => new TextDecoder().decode(mimeEntity("text/plain", "a", one)),
  ),
  subject("FlowedOptions", { delSp: true }, (one, world) => world.send({ text: flowed("a b", one) })),
  subject(
    "ReadRawMessageOptions",
    { limit: 1000 },
    async (one) => (await readRawMessage("From: a@b\r\nTo: c@d\r\n\r\n", one)).envelope,
  ),
  {
    ...subject("ThreadParent", { messageId: "<a@b>", subject: "a" }, (one) => threadOf(one)),
    open: "it is what a parser says of a message",
  },

  named(
    "session target",
    subject(
      "SessionOptions",
      { host: "mail.example", tls: "off", clientName: "a.example" },
      (one: SessionOptions, world) => world.within((session) => session.send(BASE), one),
    ),
  ),
  subject(
    "SessionOptions",
    { clientName: "a.example", pipelining: false },
    (one: SessionOptions, world) => opened(world, one),
  ),
  named(
    "send target",
    subject(
      "SessionOptions",
      { host: "mail.example", tls: "off" },
      (one: SessionOptions, world) => send(one as SessionOptions, BASE, world.own),
    ),
  ),
  named(
    "send options",
    subject(
      ["SessionOptions", "SendOptions"],
      { clientName: "a.example", recipients: "all" },
      (one: SessionOptions, world) => send({ ...SERVER, ...world.own }, BASE, one),
    ),
  ),
  client(["Timeouts"], { command: 5_000 }, (timeouts) => ({ timeouts })),
  client(["WindowOptions"], { messages: 3 }, (window) => ({ window })),
  client(["PoolOptions"], { size: 2, tries: 1 }, (pool) => ({ pool })),
  named(
    "pool of a host",
    subject(
      "PoolOptions",
      { size: 2 },
      (pool, world) => sent({ hosts: [{ host: "mail.example", tls: "off", pool }] }, world),
    ),
  ),
  client(["BackOffOptions"], { first: 5, most: 10 }, (backOff) => ({ pool: { backOff } })),
  subject(
    ["HostOptions", "SessionOptions"],
    { host: "mail.example", tls: "off", clientName: "a.example" },
    (one, world) => sent({ hosts: [one] }, world),
  ),
  subject(
    ["ClientOptions", "SessionOptions"],
    { host: "mail.example", tls: "off", clientName: "a.example" },
    (one, world) => sent(one, world),
  ),
  named(
    "client options",
    subject(
      ["ClientOptions", "SessionOptions"],
      (world) => ({ clientName: "a.example", ...world.own }),
      async (one: ClientOptions) => {
        const client = new SmtpClient("TCP:mail.example", one);
        await client.send(BASE);
        await client.close();
      },
    ),
  ),
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

  inSession("Session.send", "SendOptions", { recipients: "all", ...LIVE }, (session, one) => session.send(BASE, one)),
  inSession(
    "Session.sendComposed",
    "SendOptions",
    { recipients: "all", deadline: 5_000 },
    (session, one) => session.sendComposed(compose(BASE), one),
  ),
  inSession("Session.noop", "WaitOptions", LIVE, (session, one) => session.noop(one)),
  inSession("Session.reset", "WaitOptions", LIVE, (session, one) => session.reset(one)),
  inSession("Session.command", "WaitOptions", LIVE, (session, one) => session.command("X-TEST", one)),
  inSession("Session.logOff", "WaitOptions", LIVE, (session, one) => session.logOff(one)),
  inSession("Session.close", "WaitOptions", LIVE, (session, one) => session.close(one)),
  named(
    "SmtpClient.send",
    subject(
      "SendOptions",
      { recipients: "all", ...LIVE },
      (one, world) => withClient(world, (it) => it.send(BASE, one)),
    ),
  ),
  named("SmtpClient.verify", subject("WaitOptions", LIVE, (one, world) => withClient(world, (it) => it.verify(one)))),
  subject(
    ["SendAllOptions", "SendOptions"],
    { window: 3, recipients: "all" },
    (one, world) =>
      withClient(world, async (it) => {
        for await (const { error } of it.sendAll([BASE, BASE], one)) if (error !== undefined) throw error;
      }),
  ),

  option("DsnOptions", { envelopeId: "a", return: "full" }, dsn),
  option("DsnRecipient", { notify: "never" }, (one) => dsn({ recipients: { [BASE.to]: one } })),
  option("DeliverByOptions", { seconds: 300, mode: "return" }, deliverBy),
  subject("FutureReleaseOptions", { holdFor: 300 }, (one) => futureRelease(one).extension),
  option("EnvelopeOptionAbout", { extension: "RRVS", parametersFor: () => ({ mail: "A=b" }) }, envelopeOption),
  option(
    "EnvelopeParameters",
    { mail: "A=b" },
    (one) => envelopeOption({ extension: "RRVS", parametersFor: () => one }),
  ),
  subject("XclientAttributes", { name: "a", helo: "a" }, (one, world) => {
    const command = xclient(one);
    return world.within((session) => session.command(command));
  }),
  subject("XforwardAttributes", { name: "a", helo: "a" }, (one, world) => {
    const command = xforward(one);
    return world.within((session) => session.command(command));
  }),
  subject(
    "DkimSignature",
    { domain: "example.com", selector: "s", key: DKIM_KEY },
    (one, world) => world.send({}, { compose: composer({ sign: dkim(one) }) }),
  ),
  subject("DkimRecordOptions", { domain: "example.com", selector: "s", key: DKIM_KEY }, (one) => dkimRecord(one)),

  subject(
    "FileLoaderOptions",
    (world) => ({ root: "/a", ...world.own }),
    (one, world) => world.send({ attachments: [{ path: "a.txt" }] }, { compose: composer({ load: fileLoader(one) }) }),
  ),
  subject(
    "FromFileOptions",
    (world) => ({ filename: "b.txt", ...world.own }),
    async (one, world) => world.send({ attachments: [await fromFile("/a.txt", one)] }),
  ),
  subject("UrlLoaderOptions", { allow: ["https://a.example/"], maxSize: 5 }, (one) => Object.keys(urlLoader(one))),
  subject("ProgressBarOptions", { write: () => {}, columns: 30 }, (one) => typeof progressBar(one)),
  subject(
    ["HttpConnectOptions", "ProxyOptions"],
    { host: "p", port: 1, headers: { Via: "a" } },
    (one, world) => world.through(httpConnect(one), "HTTP"),
  ),
  subject(
    ["Socks5Options", "ProxyOptions"],
    { host: "p", user: "u", password: "p" },
    (one, world) => world.through(socks5(one), "SOCKS5"),
  ),
  subject(
    ["Socks4aOptions", "ProxyOptions"],
    { host: "p", user: "u" },
    (one, world) => world.through(socks4a(one), "SOCKS4"),
  ),
  subject(
    "ConnectionFromOptions",
    { peer: { host: "a", port: 1 } },
    (one) => connectionFrom(new TransformStream(), one).peer,
  ),
  subject("provider(options)", { region: "eu-west-1" }, (one) => provider("amazon-ses", one)),
  subject("ParseTlsProfileOptions", { name: "a", line: 3 }, (one) => parseTlsProfile("verify_server=no", one).place),
  subject(
    "ParseAssignmentFileOptions",
    { source: "a" },
    (one) => AssignmentFile.parse("[NET_SETTINGS]\na=verify_server=no", one).profile("a").place,
  ),
  subject("LoadAssignmentFileOptions", {
    loader: () => Promise.resolve(new TextEncoder().encode("[NET_SETTINGS]\na=verify_server=no")),
  }, async (one) => (await AssignmentFile.load("a", one)).names),
  {
    ...subject("TlsSettings", { verifyServer: true, minTlsVersion: "1.3" }, (one) => tlsProfile(one).minTlsVersion),
    plain: "whether it says something or was meant to makes a difference to what is trusted",
  },
  {
    ...named(
      "TLS of a proxy",
      subject("TlsSettings", { verifyServer: true }, (tls) => httpConnect({ host: "p", port: 1, tls }).name),
    ),
    plain: "likewise",
  },
  {
    ...subject(
      "CertificateName",
      { type: "DNS", name: "a.example" },
      (one) => tlsProfile({ verifyServerName: [one] }).verifyServerName,
    ),
    plain: "likewise",
  },
  subject(
    "UPopMailOptions",
    (world) => ({ clientName: "a.example", ...world.own }),
    (one) => new UPopMail(one).sendMail("mail.example", { FROM: "a@b.example", TO: "c@d.example" }, "Hi"),
  ),
];

/** Types of which a caller makes none, or whose keys are not read by this rule, and why. */
export const NO_SUBJECT: readonly (readonly [types: RegExp, why: string])[] = [
  [
    /^(?:Road|Runtime|Connect|Connection|TlsInfo|TlsLayer|OpenFile)\b/,
    "the caller's own platform: functions, and what they take",
  ],
  [/^(?:ConnectOptions|Connection\.|Runtime\.|TlsLayer\.)/, "likewise"],
  [/^OctetStreams$/, "a pair of streams, as platforms make them"],
  [/^(?:AttachmentLoader|Signer|Mechanism)$/, "functions of the caller's, called as methods of what has them"],
  [/^(?:MechanismContext|TokenRequest|OptionServer|LogAbout|BulkProgress)$/, "what a function of the caller's is told"],
  [/^(?:ProfileValues|PemSource|ConfigPlace|new TlsProfile|new SmtpUrl)/, "made by the parsers"],
  [/^(?:ResolvedOptions|Window|EarlyOffer|Content|Mailbox)$/, "made by the library"],
  [
    /^new \w+Error\(|Error(?:Options)?$|^(?:ReplyInfo|RefusedRecipient|SmtpErrorOptions|\w+ErrorOptions)$/,
    "an error that a caller makes is the caller's",
  ],
  [/^OpenTelemetry/, "a module of another package"],
  [
    /^(?:Session(?:Begun|Opened|Ended)|Happened|Delivery(?:Begun|Ended)|Message(?:Begun|Ended)|Exchanged|Receipt|FailedRecipients)$/,
    "what somebody who watches is told",
  ],
  [/^DkimCryptoKey/, "the platform's"],
  [/^DkimJwk$/, "a key as others write it, with members that no signature needs; tests/unit/dkim/key.test.ts"],
  [/^ConnectionFromOptions\.peer$/, "for the text of an error"],
];
