/** Strings that no caller's words reach a wire by, and why. @module */

/** Paths, each as an expression for a whole family, and the reason. */
export const NEVER: readonly (readonly [paths: RegExp, why: string])[] = [
  [
    /^new \w+Error\(/,
    "an error that a caller makes is the caller's: the library reads its code, and writes nothing of it",
  ],
  [/^SmtpErrorOptions\.|^ConnectionErrorOptions\.|^TokenErrorOptions\.|^fateOf\(/, "parts of an error, likewise"],
  [/^(?:ReplyInfo|RefusedRecipient)\./, "what a server said, as an error takes it"],
  [/^ConfigPlace\./, "where in a file something stands, for the text of an error"],
  [/^Mailbox\.(?:address|domain|localPart|name)$/, "what parsing gave; given back, it is parsed again as MailboxInput"],
  [/^ResolvedOptions\.|^EarlyOffer\./, "what the library has made of options; a caller has none of it"],
  [/^(?:Connection|ConnectOptions|ConnectionFromOptions|TlsInfo)\./, "said to or by the caller's own platform"],
  [/^Runtime\.|^Road\.name$/, "likewise: a platform's name for an error, and what it is asked to open"],
  [
    /^(?:Session(?:Begun|Opened|Ended)|Delivery(?:Begun|Ended)|Message(?:Begun|Ended)|Exchanged|Receipt|FailedRecipients|Log)[.(]/,
    "what somebody who watches is told",
  ],
  [/^OpenTelemetrySpan/, "said by or to the caller's own telemetry"],
  [/^MechanismContext\.|^TokenRequest\.|^OptionServer\./, "what a function of the caller's is told"],
  [/^Content\.body$/, "what a signer is told of the content that was composed"],
  [/^AttachmentLoader\./, "what a loader of the caller's is told; it comes from Message.attachments[].path and .url"],
  [/^FileLoaderOptions\.root$/, "a folder: nothing below it is named on the wire but by Message.attachments[].path"],
  [/^(?:ProfileValues|PemSource)\./, "what parsing a profile gave; the text is tried as parseTlsProfile(text)"],
  [
    /^new (?:Secret|SmtpUrl|TlsProfile)\(/,
    "made by the parsers: parseSmtpUrl(text), parseTlsProfile(text), tlsProfile()",
  ],
  [/^parse(?:AddressList|Mailbox|MailboxList)\(field\)$/, "the place in the call, for the text of an error"],
];
