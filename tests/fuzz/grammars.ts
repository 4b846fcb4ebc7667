/** The grammars of what the library reads. @module */
import { type Grammar, grammarOf, type Rules } from "./grammar.ts";

const ADDRESS: Rules = {
  local: 'ada¦{atom}¦{atom}.{local}¦"{qtext}"¦{atom}{cfws}¦"{qtext}".{atom}¦ß日本¦{long}',
  atom: "a¦bob¦x+y¦!#$%&'*/=?^_`{|}~-¦0¦é¦A¦{atom}{atom}",
  qtext: '¦a b¦\\"¦\\\\¦@¦,¦>¦(¦{qtext}{qtext}¦\\a¦é¦=?utf-8?q?a?=',
  long: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  domain: "b.example¦{label}¦{label}.{domain}¦[{literal}]¦{cfws}b.example{cfws}¦[ 127.0.0.1 ]¦b.example.",
  label: "example¦a¦A-B¦xn--bcher-kva¦xn--{atom}¦bücher¦{long}¦faß¦a_b¦日本¦1¦-a¦ＡＢ¦a\xadb",
  literal: "127.0.0.1¦IPv6:::1¦IPv6:2001:db8::1¦ipv6:1:2:3:4:5:6:7:8¦IPv6:::ffff:1.2.3.4¦256.1.1.1¦tag:x¦::1",
  spec: "{local}@{domain}",
  cfws: "¦ ¦\t¦({ctext})¦ {cfws}¦\r\n ¦({ctext}) {cfws}",
  ctext: '¦a¦({ctext})¦\\)¦"¦a b¦<x@y>¦é¦{ctext}{ctext}',
  phrase: "Ada¦{word}¦{word} {phrase}¦{cfws}{word}",
  word: 'Ada¦{atom}¦"{qtext}"¦J.¦=?utf-8?q?a?=¦日本¦O\'Brien¦\u200b',
  angle: "<{spec}>¦<{cfws}{spec}{cfws}>¦<@a,@b:{spec}>¦<>",
  mailbox: "{spec}¦{phrase} {angle}¦{angle}¦{phrase}{cfws}{angle}{cfws}¦{spec} ({ctext})",
  group: "{phrase}:;¦{phrase}: {list};¦{phrase}:{cfws};{cfws}",
  list: "{mailbox}¦{mailbox}, {list}¦{group}¦{group}, {list}¦,{list}¦{list},¦{mailbox}{cfws},{cfws}{list}",
};

/** Mailboxes, lists of them, the original system's lists, and domains. */
export const MAILBOX: Grammar = grammarOf({ ...ADDRESS, start: "{mailbox}¦{spec}" });
export const ADDRESS_LIST: Grammar = grammarOf({ ...ADDRESS, start: "{list}" });
export const ADDRESS_ITEMS: Grammar = grammarOf({
  ...ADDRESS,
  start: "{list}¦{item}¦{item};{start}",
  item: "{mailbox}¦{list}¦{group}¦",
});
export const DOMAIN: Grammar = grammarOf({ ...ADDRESS, start: "{domain}" });

const MESSAGE: Rules = {
  ...ADDRESS,
  eol: "\r\n¦\r\n¦\r\n¦\n¦\r",
  ws: " ¦¦\t¦  ¦\r\n ¦\r\n\t",
  name: "X-A¦To¦Cc¦Bcc¦Resent-To¦Resent-Bcc¦Reply-To¦Sender¦Subject¦bcc ¦BCC¦X{name}¦Content-X",
  text: "¦a¦word ¦=?utf-8?q?a?=¦{ws}¦{text}{text}¦é¦<a@b>¦:¦\x00¦.¦{long}{long}",
  field: "From:{ws}{mailbox}¦To:{ws}{list}¦{name}:{ws}{list}¦{name}:{ws}{text}¦" +
    "{name}: {text}{eol}{ws}{text}¦Message-ID:{ws}<a@b>¦Content-Type: {type}¦" +
    "Content-Transfer-Encoding: {encoding}¦Return-Path: <>¦{text}¦" +
    "From a@b.example Thu Jan  1 00:00:00 1970",
  type: 'text/plain¦multipart/mixed; boundary=b¦message/rfc822¦multipart/signed; boundary="b"¦{text}',
  encoding: "7bit¦8bit¦binary¦base64¦quoted-printable¦x",
  fields: "{field}{eol}¦{field}{eol}{fields}¦From: a@b.example{eol}To: c@d.example{eol}{fields}",
  line: "a¦¦.¦..¦{text}¦--b¦--b--¦From x¦a b  c ¦\t ¦{fields}{eol}{line}",
  body: "¦{line}{eol}¦{line}{eol}{body}¦{line}¦{eol}{body}{eol}¦--b{eol}{fields}{eol}{body}",
};

/** A message in octets, its header section, a part of one, and a text for a body. */
export const RAW_MESSAGE: Grammar = grammarOf({
  ...MESSAGE,
  start: "{fields}{eol}{body}¦{fields}¦{fields}{eol}¦{eol}{body}",
});
export const ENTITY: Grammar = grammarOf({
  ...MESSAGE,
  name: "Content-X¦Content-Type¦Content-ID¦Content-Description¦Content-Language¦X-A",
  field: "Content-Type: {type}¦Content-Transfer-Encoding: {encoding}¦{name}:{ws}{text}¦" +
    "{name}: {text}{eol}{ws}{text}",
  start: "{fields}{eol}{body}¦{eol}{body}¦{fields}",
});
export const CONTENT_TYPE: Grammar = grammarOf({
  ...ADDRESS,
  start: "{token}/{token}{parameters}¦text/plain{parameters}¦multipart/mixed; boundary={value}",
  token: "a¦text¦x-y.z+json¦é¦*¦{token}{token}",
  parameters: "¦;{cfws}{attribute}={value}{parameters}¦; {attribute}={value}{parameters}¦;",
  attribute: "charset¦name¦format¦boundary¦a*¦a*0¦a*0*¦a*1*¦method¦{token}",
  value: "a¦utf-8¦\"{qtext}\"¦utf-8''%41¦us-ascii'en'a¦¦{token}¦REQUEST",
});

const REPLY: Rules = {
  eol: "\r\n¦\r\n¦\r\n¦\r\n¦\n¦\r",
  code: "250¦250¦220¦354¦235¦334¦421¦451¦452¦500¦502¦535¦550¦552¦554¦199¦600¦25",
  enhanced: "¦¦2.0.0 ¦5.7.8 ¦4.7.0 ¦5.1.1\t¦2.0 ¦9.9.9 ¦5.7.1000 ",
  text: "ok¦¦mail.example¦{text} {text}¦\xffý¦é¦<a@b>¦\t¦\x1b[0m¦\x00¦{reason}",
  reason: "user unknown¦too many connections¦authentication required¦greylisted¦message too large¦STARTTLS¦" +
    "blocked using x",
  line: "{enhanced}{text}",
  one: "{code} {line}{eol}¦{code}{eol}¦250-{line}{eol}250 {line}{eol}¦{code}-{line}{eol}{one}¦" +
    "{code} {line}{eol}",
  extension: "PIPELINING¦CHUNKING¦8BITMIME¦SMTPUTF8¦DSN¦STARTTLS¦ENHANCEDSTATUSCODES¦BINARYMIME¦X-{text}¦¦" +
    "SIZE {number}¦SIZE¦AUTH {mechanisms}¦AUTH={mechanisms}¦LIMITS {limits}¦DELIVERBY {number}¦" +
    "PIPE_CONNECT¦FUTURERELEASE {number} 2030-01-01T00:00:00Z¦MT-PRIORITY MIXER¦REQUIRETLS¦" +
    "XCLIENT NAME ADDR¦XFORWARD NAME¦PRDR",
  number: "1000¦0¦99999999999999999999¦-1¦1e3¦¦4096¦1",
  mechanisms: "PLAIN¦LOGIN¦{mechanisms} {mechanisms}¦SCRAM-SHA-256¦CRAM-MD5¦xoauth2¦¦\t¦OAUTHBEARER",
  limits: "RCPTMAX={number}¦MAILMAX={number}¦RCPTDOMAINMAX={number}¦{limits} {limits}¦X¦=¦RCPTMAX",
  extensions: "250 {extension}{eol}¦250-{extension}{eol}{extensions}¦250-{extension}{eol}{extensions}",
  hello: "250-mail.example{eol}{extensions}¦250 mail.example{eol}¦250-{line}{eol}{extensions}",
};

/** Replies, the reply to EHLO, and all that a server says in a session, which 0xFE divides into turns. */
export const REPLY_LINES: Grammar = grammarOf({ ...REPLY, start: "{one}¦{one}{start}¦{hello}" });
export const HELLO: Grammar = grammarOf({ ...REPLY, start: "{hello}" });
export const SESSION: Grammar = grammarOf({
  ...REPLY,
  start: "220 {line}{eol}\xfe{hello}\xfe{turns}¦220 hi\r\n\xfe250-x\r\n{extensions}\xfe{turns}¦" +
    "{one}\xfe{start}",
  turns: "221 bye\r\n¦{turn}\xfe{turns}¦250 a\r\n250 b\r\n250 c\r\n354 go\r\n\xfe{turns}¦" +
    "250 ok\r\n\xfe{turns}",
  turn: "250 ok{eol}¦{one}¦{one}{one}¦{one}{one}{one}¦250 a\r\n250 b\r\n354 c\r\n¦",
});

const HOST: Rules = {
  host: "mail.example¦{label}.{host}¦[::1]¦[2001:db8::{hex}]¦127.0.0.1¦localhost¦bücher.example¦" +
    "xn--bcher-kva.example¦[::1%25eth0]¦mail.example.¦1.2.3¦",
  label: "a¦mail¦-a¦a_b¦ß¦ＡＢ¦%61¦日本¦a\xadb¦{label}{label}",
  hex: "1¦ffff¦0¦1.2.3.4¦g",
  port: "25¦465¦587¦0¦65535¦65536¦¦+25¦1e2¦00025¦2.5",
  secret: "secret¦s%40t¦%00¦a:b¦%zz¦é¦%C3%A9¦¦p%2Fq¦{secret}{secret}¦%0d%0a",
};

/** The original system's connection string, URLs of servers and of proxies. */
export const CONNECTION_STRING: Grammar = grammarOf({
  ...HOST,
  start: "{scheme}{host}{plus}{profile}¦{host}{plus}¦{scheme}{host}",
  scheme: "TLS:¦TCP:¦¦tls:¦SMTP:¦{scheme}{scheme}¦ TLS:",
  plus: "¦+{port}¦:{port}¦ +{port}",
  profile: "¦:smtp_profile¦:p¦:¦:a b¦:é¦: p",
});
export const SMTP_URL: Grammar = grammarOf({
  ...HOST,
  start: "{scheme}://{user}{host}{colon}{rest}¦{scheme}://{host}",
  scheme: "smtps¦smtp¦SMTP¦lmtp¦http¦smtp+starttls¦submission¦",
  user: "¦{secret}:{secret}@¦{secret}@¦:{secret}@¦@",
  colon: "¦:{port}¦:{port}",
  rest: "¦/¦?{query}¦/?{query}¦/{secret}¦#a¦?{query}#",
  query: "tls=off¦{option}={value}¦{query}&{query}¦¦{option}",
  option: "tls¦name¦profile¦auth¦TLS¦x¦clientName¦{secret}",
  value: "off¦starttls¦implicit¦plain¦xoauth2¦{host}¦{secret}¦true¦¦login",
});
export const PROXY_URL: Grammar = grammarOf({
  ...HOST,
  start: "{scheme}://{user}{host}{colon}{rest}",
  scheme: "socks5¦socks5h¦socks4a¦socks4¦http¦https¦SOCKS5¦socks¦",
  user: "¦{secret}:{secret}@¦{secret}@¦:{secret}@¦@",
  colon: "¦:{port}",
  rest: "¦/¦/x¦?a=b¦#a",
});

const CONFIG: Rules = {
  eol: "\n¦\r\n¦\r¦\n\n",
  gap: "¦ ¦  ¦\t",
  option: "VERIFY_SERVER¦VERIFY_SERVER_NAME¦CA_CERTIFICATE¦CLIENT_CERTIFICATE¦CLIENT_KEY¦CLIENT_KEY_PASSWORD¦" +
    "CIPHER_LIST¦MIN_TLS_VERSION¦MAX_TLS_VERSION¦PIN_SHA256¦verify_server¦SERVER_NAME¦X¦VERIFYSERVER",
  value: "TRUE¦FALSE¦1.2¦TLS1.3¦usys:ca.pem¦ca.pem¦DNS:*.a.example¦IP:127.0.0.1¦DNS:a.example, IP:::1¦" +
    'ECDHE-RSA-AES128-GCM-SHA256¦TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES256-GCM-SHA384¦"{quoted}"¦' +
    "'{quoted}'¦¦é¦AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=¦{value}, {value}¦{value}{value}¦" +
    "SHA256:x¦C:\\x\\y.pem¦yes¦%p",
  quoted: 'a¦a;b¦\\"¦""¦TRUE¦a b¦¦\'¦\\',
  setting: "{option}{gap}={gap}{value}¦{option}={value}¦{option} {value}¦{option}",
  settings: "{setting}¦{setting};{gap}{settings}¦{setting};",
};

/** TLS profiles, and the files in which they stand. */
export const TLS_PROFILE: Grammar = grammarOf({
  ...CONFIG,
  start: "{settings}¦{setting}{eol}{start}¦{setting}{eol}",
});
export const ASSIGNMENT_FILE: Grammar = grammarOf({
  ...CONFIG,
  start: "{section}¦{section}{start}¦﻿{section}¦{statement}{eol}{start}",
  section: "[{name}]{eol}{lines}¦{gap}[{gap}{name}{gap}]{gap}{eol}{lines}",
  name: "p¦SETTINGS¦USYS$TLS_PARAMS¦q r¦é¦¦FILES¦PATHS¦LOGICALS",
  lines: "{statement}{eol}¦{statement}{eol}{lines}¦{gap}{statement}{eol}{lines}¦{statement}&{eol}{lines}¦",
  statement: "{setting}¦; {value}¦#FILE {value}¦USYS$TLS_PARAMS {settings}¦USYS$TLS_PARAMS = {{settings}}¦" +
    "p = {{settings}}¦{name} {value}¦usys={value}",
});

/** Keys and certificates as text; HTML; what proxies of HTTP answer. */
export const PEM_TEXT: Grammar = grammarOf({
  start: "{block}¦{block}{start}¦{text}{eol}{start}",
  eol: "\n¦\r\n¦\r¦ \n",
  label: "CERTIFICATE¦PRIVATE KEY¦RSA PRIVATE KEY¦ENCRYPTED PRIVATE KEY¦EC PRIVATE KEY¦PUBLIC KEY¦X¦" +
    "X509 CRL¦",
  block: "-----BEGIN {label}-----{eol}{headers}{body}-----END {label}-----{eol}¦" +
    "-----BEGIN CERTIFICATE-----{eol}{body}-----END CERTIFICATE-----{eol}",
  headers: "¦¦Proc-Type: 4,ENCRYPTED{eol}DEK-Info: AES-128-CBC,00{eol}{eol}¦{text}: {text}{eol}{eol}",
  body: "QUJD{eol}¦{base64}{eol}{body}¦MAUCAQECAQE={eol}¦¦{text}{eol}",
  base64: "QUJD¦QQ==¦QUI=¦QR==¦MAMCAQE=¦{base64}{base64}¦ ¦-_",
  text: "a¦¦subject=CN¦-----¦é¦{text} {text}",
});
export const HTML: Grammar = grammarOf({
  start: "{node}¦{node}{start}¦{node}{start}",
  node: "text¦<{tag}{attributes}>¦<{tag}{attributes}>{start}</{tag}>¦<!--{start}-->¦<style>{css}</style>¦" +
    "<script>{start}</script>¦<![CDATA[{start}]]>¦<¦&amp;¦</{tag}>¦<textarea>{start}</textarea>",
  tag: "img¦p¦a¦IMG¦div¦source¦svg¦title¦image¦x:y",
  attributes: "¦ {name}={value}{attributes}¦ {name} = {value}{attributes}¦ {name}{attributes}¦\n{name}={value}/",
  name: "src¦srcset¦style¦href¦background¦poster¦SRC¦data-src¦xlink:href¦alt",
  value: '"{url}"¦\'{url}\'¦{url}¦"{css}"¦"{url} 2x, {url} 1x"¦""',
  url: "data:image/png;base64,QUJD¦data:{media},{data}¦https://a.example/x?data:image/png,a¦cid:a¦" +
    "DATA:image/gif;base64,QQ¦ data:image/png;base64,QUJD ¦",
  media: "image/png¦image/svg+xml¦image/png;base64¦text/html¦¦image/jpeg;charset=x;base64¦" +
    "font/woff2; base64¦audio/x",
  data: "QUJD¦%3Csvg/%3E¦QQ==¦a&quot;b¦Q Q¦%zz¦é¦a)b¦",
  css: "a{b:url({url})}¦background:url('{url}')¦x:url(\"{url}\")¦url( {url} )¦/*{url}*/¦{css};{css}¦" +
    "@import '{url}'¦\\75rl({url})",
});
export const HTTP: Grammar = grammarOf({
  start: "{head}{fields}{eol}{body}¦HTTP/1.1 100 Continue\r\n\r\n{start}¦{head}{fields}",
  eol: "\r\n¦\r\n¦\r\n¦\n¦\r",
  head: "HTTP/1.1 200 OK{eol}¦HTTP/1.{digit} {status} {text}{eol}¦HTTP/1.0 407 No{eol}¦" +
    "HTTP/1.1 {status}{eol}¦{text}{eol}",
  digit: "1¦0¦9¦x¦",
  status: "200¦204¦101¦407¦403¦502¦100¦103¦301¦20¦2000¦-1",
  text: "OK¦¦a b¦é¦\x00¦{text}{text}¦Proxy said <b>no</b>¦\x1b[0m",
  fields: "¦{field}{eol}{fields}¦{field}{eol}{fields}",
  field: "Content-Length: {length}¦Transfer-Encoding: chunked¦Via: {text}¦Proxy-Authenticate: {challenge}¦" +
    "{text}¦{text}: {text}¦ {text}¦Content-Length : 3",
  length: "3¦0¦-1¦99999999999¦3, 3¦x¦1000",
  challenge: 'Basic realm=x¦Basic realm="{text}"¦NTLM¦Negotiate, Basic¦Digest realm="a"¦',
  body: "¦abc¦220 hi\r\n¦{text}¦3\r\nabc\r\n0\r\n\r\n",
});
export const SCRAM: Grammar = grammarOf({
  start: "{first}\xfe{final}¦{first}¦{first}\xfe{final}\xfe{final}",
  first: "r=abc{nonce},s={salt},i={count}¦m=x,r=abc{nonce},s={salt},i={count}¦" +
    "r={nonce},s={salt},i={count}{more}¦e={text}",
  nonce: "XYZ¦¦a,b¦\x7f¦{nonce}{nonce}¦é",
  salt: "QSXCR+Q6sek8bf92¦QQ==¦¦Q¦=¦QUJD",
  count: "4096¦1¦0¦4097¦1000000000¦-1¦1e3¦¦04096",
  more: "¦,x=y¦,{more}¦,m=a",
  final: "v=cm1ib1JNM1ViU3FPM2l4¦v={salt}¦e={text}¦¦v={salt},x=y",
  text: "invalid-proof¦other-error¦a\x00b¦é¦¦\x1b[0m",
});

/** A message as data, in JSON. */
export const MESSAGE_DATA: Grammar = grammarOf({
  start: '{"from":"a@b.example","to":"c@d.example"{members}}¦{"from":{address},"to":{addresses}{members}}',
  members: "¦,{member}{members}¦,{member}{members}¦,{member}{members}",
  member: '"subject":{string}¦"text":{string}¦"html":{string}¦"cc":{addresses}¦"bcc":{addresses}¦' +
    '"replyTo":{addresses}¦"sender":{address}¦"headers":{headers}¦"attachments":[{attachments}]¦' +
    '"messageId":{id}¦"inReplyTo":{id}¦"references":[{id},{id}]¦"priority":{number}¦"list":{list}¦' +
    '"envelope":{"from":{address},"to":{addresses}}¦"date":{string}¦' +
    '"calendar":{"content":{string},"method":"REQUEST"}¦"markdown":{string}¦' +
    '"autoSubmitted":"auto-replied"¦"alternatives":[{"contentType":"text/x","content":{string}}]¦' +
    '{string}:{string}¦"dispositionNotificationTo":{address}',
  string: '"a"¦"{text}"¦"{text}{text}"¦null¦""¦"{long}"',
  text: 'a¦word ¦é¦日本¦\\r\\n¦\\n¦.¦=?utf-8?q?a?=¦\\x00¦\\ud800¦\\t¦{text}{text}¦From ¦  ¦\\"¦=¦😀¦--b¦' +
    "\\u2028",
  long: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa¦" +
    "{long}{long}¦{long} {text}{long}",
  address: '"a@b.example"¦"Ada <a@b.example>"¦{"name":{string},"address":"e@f.example"}¦"{text}@b.example"¦' +
    '{"name":{string},"address":{string}}',
  addresses: '"c@d.example"¦[{address}]¦[{address},{address}]¦{"group":{string},"members":[{address}]}¦[]¦' +
    "{address}",
  headers: '{}¦{"X-A":{string}}¦{"X-A":[{string},{string}]}¦{{string}:{string}}¦[["X-A",{string}]]¦' +
    '{"X-{text}":{string}}',
  attachments: "{attachment}¦{attachment},{attachments}",
  attachment: '{"content":{string}}¦{"content":{string},"filename":{string}}¦' +
    '{"content":{string},"filename":"{text}.txt","contentType":{type}}¦' +
    '{"content":{string},"cid":"a{text}@b"}¦{"message":{start}}¦{"base64":"{base64}"}¦' +
    '{"content":{string},"disposition":"inline","description":{string}}',
  base64: "QUJD¦QQ==¦Q¦",
  type: '"text/plain"¦"text/plain; charset=utf-8"¦"image/png"¦"message/rfc822"¦"application/x; a={text}"¦' +
    '"multipart/mixed"',
  id: '"<a@b>"¦"a@b"¦"<{text}@b>"¦"<a@b> <c@d>"',
  number: '1¦0¦5¦-1¦1e9¦"high"¦"low"',
  list: '{"id":"a.b"}¦{"id":{string},"help":"https://a.example/x"}¦' +
    '{"unsubscribe":"https://a.example/{text}","unsubscribePost":true}¦{"post":false}',
});
