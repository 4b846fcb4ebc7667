/** Strings of envelope options, commands, signatures and token endpoints. @module */
import {
  clientCredentials,
  type ClientCredentialsOptions,
  composer,
  deliverBy,
  dkim,
  dkimRecord,
  type DkimSignature,
  dsn,
  type DsnOptions,
  envelopeOption,
  expn,
  help,
  refreshToken,
  serviceAccount,
  type ServiceAccountOptions,
  type SessionCommand,
  urlLoader,
  vrfy,
  xclient,
  type XclientAttributes,
  xforward,
  type XforwardAttributes,
} from "../../../mod.ts";
import { DKIM_KEY } from "../../support/dkim_key.ts";
import { type Inject, type Injector, late, type Table } from "../injector.ts";
import type { World } from "../world.ts";

function asked(make: (text: string) => DsnOptions | object): Inject {
  return (text, world) => world.send({ envelope: { options: [dsn(make(text) as DsnOptions)] } });
}

/** The command is made before a session is opened for it. */
function command(make: (text: string) => SessionCommand<unknown>): Inject {
  return (text, world) => {
    const made = make(text);
    return world.within((session) => session.command(made));
  };
}

function signed(make: (text: string) => Partial<DkimSignature>): Inject {
  return (text, world) => {
    const signature = { domain: "example.com", selector: "s", key: DKIM_KEY, ...make(text) };
    return world.send({ subject: "a" }, { compose: composer({ sign: dkim(signature) }) });
  };
}

function record(make: (text: string) => Partial<Parameters<typeof dkimRecord>[0]>): Inject {
  return async (text, world) => {
    const made = await dkimRecord({ domain: "example.com", selector: "s", key: DKIM_KEY, ...make(text) });
    const isRecord = /^[a-z0-9._-]+$/.test(made.name) && /^v=DKIM1; k=ed25519; p=[A-Za-z0-9+/=]+$/.test(made.value);
    world.note(["record"], isRecord ? [] : [`no record: ${JSON.stringify(made)}`]);
  };
}

const KEYS_OF_JWK = ["kty", "crv", "alg", "use", "n", "e", "d", "p", "q", "dp", "dq", "qi", "x"];

/** What leaves for a token endpoint, as `fetch` is told it. */
async function endpoint(world: World, ask: () => (request: object) => Promise<string>): Promise<void> {
  const genuine = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const form = [...new URLSearchParams(String(init?.body)).keys()];
    const headers = Object.entries(init?.headers as Record<string, string>);
    const violations = headers.filter(([name, value]) => !/^[a-z-]+$/.test(name) || !/^[!-~ ]+$/.test(value))
      .map(([name]) => `no header: ${name}`);
    if (!/^https:\/\/[^\s]+$/.test(String(input))) violations.push(`no URL: ${input}`);
    world.note([`fetch ${headers.map(([name]) => name).join(" ")}: ${form.join(" ")}`], violations);
    return Promise.resolve(Response.json({ access_token: "t", token_type: "Bearer" }));
  };
  try {
    await ask()({});
  } finally {
    globalThis.fetch = genuine;
  }
}

const CLIENT = { tokenUrl: "https://login.example/token", clientId: "c", clientSecret: "s" };

function granted(make: (text: string) => Partial<ClientCredentialsOptions> | object): Inject {
  return (text, world) => endpoint(world, () => clientCredentials({ ...CLIENT, ...make(text) }));
}

function delegated(make: (text: string) => Partial<ServiceAccountOptions>): Inject {
  return async (text, world) => {
    const base = { clientEmail: "a@example.com", subject: "b@example.com", privateKey: await rsaKey() };
    await endpoint(world, () => serviceAccount({ ...base, ...make(text) }));
  };
}

let rsa: Promise<string> | undefined;

function rsaKey(): Promise<string> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 1024,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: "SHA-256",
  };
  rsa ??= crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]).then(async ({ privateKey }) => {
    const octets = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
    return `-----BEGIN PRIVATE KEY-----\n${btoa(String.fromCharCode(...octets))}\n-----END PRIVATE KEY-----\n`;
  });
  return rsa;
}

function relay(name: "xclient" | "xforward", keys: readonly string[]): Table {
  const make = name === "xclient" ? xclient : xforward;
  const type = name === "xclient" ? "XclientAttributes" : "XforwardAttributes";
  return Object.fromEntries(
    keys.map((key) => [
      `${type}.${key}`,
      command((text) => make({ [key]: text } as XclientAttributes & XforwardAttributes)),
    ]),
  );
}

/** Parameters are written by whoever makes an option, blanks between them and all. */
function lateLanguage(inject: Inject, why: string): Injector {
  return { ...late(inject, why), language: true };
}

/** What is asked of a server beside a message, and of others. */
export const OPTIONS: Table = {
  "DsnOptions.envelopeId": asked((envelopeId) => ({ envelopeId })),
  "DsnOptions.return": asked((text) => ({ return: text })),
  "DsnOptions.notify": asked((notify) => ({ notify })),
  "DsnOptions.notify[]": asked((text) => ({ notify: ["failure", text] })),
  "DsnOptions.recipients{key}": (text, world) =>
    world.send({
      to: ["bob@example.net", { address: `"${text}"@example.org` }],
      envelope: { options: [dsn({ recipients: { [`"${text}"@example.org`]: { notify: "never" } } })] },
    }),
  "DsnRecipient.notify": asked((notify) => ({ recipients: { "bob@example.net": { notify } } })),
  "DsnRecipient.notify[]": asked((text) => ({ recipients: { "bob@example.net": { notify: [text] } } })),
  "DsnRecipient.originalRecipient": asked((text) => ({
    recipients: { "bob@example.net": { originalRecipient: `"${text}"@example.org` } },
  })),
  "DeliverByOptions.mode": (text, world) =>
    world.send({ envelope: { options: [deliverBy({ seconds: 1, mode: text as "return" })] } }),
  "EnvelopeOptionAbout.extension": (text, world) =>
    world.send({
      envelope: { options: [envelopeOption({ extension: `RRVS${text}`, parametersFor: () => ({ mail: "RRVS=1" }) })] },
    }),
  "EnvelopeOptionAbout.parametersFor()": late(
    (text, world) =>
      world.send({ envelope: { options: [envelopeOption({ extension: "RRVS", parametersFor: () => `no ${text}` })] } }),
    "the answer of a server that offers the extension is asked for",
  ),
  "EnvelopeParameters.mail": lateLanguage(
    (text, world) =>
      world.send({
        envelope: { options: [envelopeOption({ extension: "RRVS", parametersFor: () => ({ mail: `RRVS=${text}` }) })] },
      }),
    "what is added depends on what the server offers",
  ),
  "EnvelopeParameters.recipient()": lateLanguage(
    (text, world) =>
      world.send({
        envelope: {
          options: [envelopeOption({ extension: "RRVS", parametersFor: () => ({ recipient: () => `RRVS=${text}` }) })],
        },
      }),
    "what is added depends on what the server offers",
  ),
  "vrfy(user)": command(vrfy),
  "expn(list)": command(expn),
  "help(about)": command(help),
  ...relay("xclient", ["addr", "destAddr", "helo", "login", "name", "proto"]),
  ...relay("xforward", ["addr", "helo", "ident", "name", "proto", "source"]),

  "DkimSignature.domain": signed((text) => ({ domain: `a${text}.example` })),
  "DkimSignature.selector": signed((text) => ({ selector: `s${text}` })),
  "DkimSignature.identity": signed((text) => ({ identity: `"${text}"@example.com` })),
  "DkimSignature.canonicalization": signed((text) => ({ canonicalization: `simple/${text}` as "simple/simple" })),
  "DkimSignature.headers[]": signed((text) => ({ headers: ["From", text] })),
  "DkimSignature.oversign[]": signed((text) => ({ oversign: [text] })),
  "DkimSignature.key": signed((key) => ({ key })),
  "DkimRecordOptions.domain": record((text) => ({ domain: `a${text}.example` })),
  "DkimRecordOptions.selector": record((text) => ({ selector: `s${text}` })),
  "DkimRecordOptions.key": record((text) => ({ key: `${DKIM_KEY}${text}` })),
  "DkimJwk.key_ops[]": signed((text) => ({ key: { kty: "OKP", crv: "Ed25519", x: "a", d: "a", key_ops: [text] } })),
  ...Object.fromEntries(KEYS_OF_JWK.map((member) => [
    `DkimJwk.${member}`,
    signed((text) => ({ key: { kty: "RSA", n: "AQAB", e: "AQAB", d: "AQAB", [member]: text } })),
  ])),
  "DkimCryptoKey.algorithm.name": signed((name) => ({
    key: { type: "private", extractable: false, algorithm: { name }, usages: ["sign"] },
  })),
  "DkimCryptoKey.type": signed((type) => ({
    key: { type, extractable: false, algorithm: { name: "Ed25519" }, usages: ["sign"] },
  })),
  "DkimCryptoKey.usages[]": signed((usage) => ({
    key: { type: "private", extractable: false, algorithm: { name: "Ed25519" }, usages: [usage] },
  })),

  "TokenClientOptions.tokenUrl": granted((text) => ({ tokenUrl: `https://login.example/${text}` })),
  "TokenClientOptions.clientId": granted((clientId) => ({ clientId, clientAuthentication: "basic" })),
  "TokenClientOptions.scope": granted((scope) => ({ scope })),
  "TokenClientOptions.clientAuthentication": granted((clientAuthentication) => ({ clientAuthentication })),
  "ClientCredentialsOptions.clientSecret": granted((clientSecret) => ({ clientSecret, clientAuthentication: "basic" })),
  "RefreshTokenOptions.clientSecret": (text, world) =>
    endpoint(world, () => refreshToken({ ...CLIENT, clientSecret: text, refreshToken: "r" })),
  "RefreshTokenOptions.refreshToken": (text, world) =>
    endpoint(world, () => refreshToken({ ...CLIENT, refreshToken: text })),
  "ServiceAccountOptions.clientEmail": delegated((clientEmail) => ({ clientEmail })),
  "ServiceAccountOptions.subject": delegated((subject) => ({ subject })),
  "ServiceAccountOptions.scope": delegated((scope) => ({ scope })),
  "ServiceAccountOptions.privateKey": delegated((privateKey) => ({ privateKey })),
  "ServiceAccountOptions.privateKeyId": delegated((privateKeyId) => ({ privateKeyId })),
  "ServiceAccountOptions.tokenUrl": delegated((text) => ({ tokenUrl: `https://login${text}.example/` })),

  "UrlLoaderOptions.allow[]": (text) => void urlLoader({ allow: [`https://example${text}.com/`] }),
};
