/** Strings of the status-code API. @module */
import { describeStatus, type DriverParameters, type HeaderList, type UPopMail } from "../../../lib/uniface/mod.ts";
import { type Inject, type Injector, language, late, type Table } from "../injector.ts";

type Act = (mail: UPopMail, text: string) => Promise<number | { readonly status: number }>;

/** Prepares the least message, with something of it set otherwise, and only then logs on and sends it. */
function prepared(act: Act): Inject {
  return (text, world) =>
    world.uniface(async (mail) => {
      for (const set of [mail.setFrom(BASE.FROM), mail.setToList(BASE.TO), mail.setMessage("Hi"), act(mail, text)]) {
        const result = await set;
        if ((typeof result === "number" ? result : result.status) < 0) return result;
      }
      const status = await mail.logonSmtp("mail.example", "", "");
      return status < 0 ? status : await mail.send();
    }, { logon: false });
}

/** Options of the sending itself. */
function sending(send: Act, isLanguage = false): Injector {
  const inject: Inject = (text, world) =>
    world.uniface(async (mail) => {
      await mail.setFrom(BASE.FROM);
      await mail.setToList(BASE.TO);
      await mail.setMessage("Hi");
      return await send(mail, text);
    });
  return { ...late(inject, "it is asked of a session that is logged on"), language: isLanguage };
}

/** Before anything is logged on to: an argument of these is refused by a status or a TypeError. */
function alone(act: Act): Inject {
  return (text, world) => world.uniface((mail) => act(mail, text), { logon: false });
}

function whole(make: (text: string) => HeaderList): Inject {
  return (text, world) => world.uniface((mail) => mail.sendMail("mail.example", make(text), "Hi"), { logon: false });
}

const BASE = { FROM: "ada@example.com", TO: "bob@example.net" };

function security(parameters: (text: string) => DriverParameters): Act {
  return async (mail, text) => {
    const status = await mail.setSecurity("SMTP=UAuthPlainSMTP", parameters(text));
    return status < 0 ? status : await mail.logonSmtp("mail.example", "", "");
  };
}

/** The operations' arguments. */
export const UNIFACE: Table = {
  "UPopMail#logonSmtp(networkConnectionString)": language(
    alone((mail, text) => mail.logonSmtp(`mail${text}.example`, "", "")),
  ),
  "UPopMail#logonSmtp(userName)": alone((mail, text) => mail.logonSmtp("mail.example", text, "p")),
  "UPopMail#logonSmtp(password)": alone((mail, text) => mail.logonSmtp("mail.example", "u", text)),
  "UPopMail#setSecurity(driverProperties)": language(
    alone((mail, text) => mail.setSecurity(`SMTP=UAuthPlainSMTP${text}`, "user=ada;password=p")),
  ),
  "UPopMail#setSecurity(driverParameters)": language(alone(security((text) => `user=ada;password=${text}`))),
  "UPopMail#setSecurity(driverParameters){key}": alone(security((text) => ({ user: "a", password: "p", [text]: "a" }))),
  "UPopMail#setSecurity(driverParameters){value}": alone(security((text) => ({ user: text, password: "p" }))),
  "UPopMail#getSecurity(keyword)": alone((mail, text) => mail.getSecurity(1, text)),
  "UPopMail#sendMail(server)": language((text, world) =>
    world.uniface((mail) => mail.sendMail(`mail${text}.example`, BASE, "Hi"), { logon: false })
  ),
  "UPopMail#sendMail(headerList)": language(whole((text) => `FROM=ada@example.com;TO=bob@example.net;SUBJECT=${text}`)),
  "UPopMail#sendMail(headerList){key}": whole((text) => ({ ...BASE, [text]: "a" })),
  "UPopMail#sendMail(headerList){value}": whole((text) => ({ ...BASE, SUBJECT: text })),
  "UPopMail#sendMail(headerList){value}[]": language(whole((text) => ({ ...BASE, CC: [`${text} <x@example.org>`] }))),
  "UPopMail#sendMail(headerList)[][0]": whole((text) => [...Object.entries(BASE), [text, "a"]]),
  "UPopMail#sendMail(headerList)[][1]": language(
    whole((text) => [...Object.entries(BASE), ["REPLY", `${text}@example.org`]]),
  ),
  "UPopMail#sendMail(headerList)[][1][]": language(
    whole((text) => [...Object.entries(BASE), ["BCC", [`"${text}"@example.org`]]]),
  ),
  "UPopMail#sendMail(text)": (text, world) =>
    world.uniface((mail) => mail.sendMail("mail.example", BASE, text), { logon: false }),
  "UPopMail#sendMail(attachmentList)": language((text, world) =>
    world.uniface((mail) => mail.sendMail("mail.example", BASE, "Hi", `folder/${text}`), { logon: false })
  ),
  "UPopMail#sendMail(attachmentList)[]": (text, world) =>
    world.uniface((mail) => mail.sendMail("mail.example", BASE, "Hi", [`folder/${text}`]), { logon: false }),
  "UPopMail#setFrom(from)": language(prepared((mail, text) => mail.setFrom(`${text} <ada@example.com>`))),
  ...Object.fromEntries((["To", "Cc", "Bcc"] as const).flatMap((name): [string, Table[string]][] => [
    [
      `UPopMail#set${name}List(${name.toLowerCase()})`,
      language(prepared((mail, text) => mail[`set${name}List`](`${text} <x@example.org>`))),
    ],
    [
      `UPopMail#set${name}List(${name.toLowerCase()})[]`,
      language(prepared((mail, text) => mail[`set${name}List`]([`x${text}@example.org`]))),
    ],
  ])),
  "UPopMail#setReplyTo(replyTo)": language(prepared((mail, text) => mail.setReplyTo(`${text} <x@example.org>`))),
  "UPopMail#setReplyTo(replyTo)[]": language(prepared((mail, text) => mail.setReplyTo([`"${text}"@example.org`]))),
  "UPopMail#setSubject(subject)": prepared((mail, text) => mail.setSubject(text)),
  "UPopMail#setPriority(priority)": prepared((mail, text) => mail.setPriority(`1${text}`)),
  "UPopMail#setMessageId(messageId)": prepared((mail, text) => mail.setMessageId(`<a${text}@b>`)),
  "UPopMail#setMessage(text)": prepared((mail, text) => mail.setMessage(text)),
  "UPopMail#setMessage(mimeType)": language(prepared((mail, text) => mail.setMessage("Hi", `MIMEType=text/${text}`))),
  "UPopMail#setMessage(mimeType){key}": prepared((mail, text) => mail.setMessage("Hi", { [text]: "a" })),
  "UPopMail#setMessage(mimeType){value}": prepared((mail, text) =>
    mail.setMessage("Hi", { MIMEType: `text/plain${text}` })
  ),
  "UPopMail#addAttachmentFromFile(path)": prepared((mail, text) => mail.addAttachmentFromFile(`folder/${text}`)),
  "UPopMail#addAttachmentFromFile(options)": language(
    prepared((mail, text) => mail.addAttachmentFromFile("a", `FileName=${text}`)),
  ),
  "UPopMail#addAttachmentFromFile(options){key}": prepared((mail, text) =>
    mail.addAttachmentFromFile("a", { [text]: "a" })
  ),
  "UPopMail#addAttachmentFromFile(options){value}": prepared((mail, text) =>
    mail.addAttachmentFromFile("a", { FileName: text })
  ),
  "UPopMail#addInlineFromFile(path)": prepared((mail, text) => mail.addInlineFromFile(`folder/${text}`, "a@b")),
  "UPopMail#addInlineFromFile(contentId)": prepared((mail, text) => mail.addInlineFromFile("a", text)),
  "UPopMail#addInlineFromFile(options)": language(
    prepared((mail, text) => mail.addInlineFromFile("a", "a@b", `MIMEType=image/png${text}`)),
  ),
  "UPopMail#addInlineFromFile(options){key}": prepared((mail, text) =>
    mail.addInlineFromFile("a", "a@b", { [text]: "a" })
  ),
  "UPopMail#addInlineFromFile(options){value}": language(
    prepared((mail, text) => mail.addInlineFromFile("a", "a@b", { MIMEType: `image/png; a=${text}` })),
  ),
  "UPopMail#send(options)": sending((mail, text) => mail.send(`MaxSize=1000000${text}`), true),
  "UPopMail#send(options){key}": sending((mail, text) => mail.send({ [text]: "1" })),
  "UPopMail#send(options){value}": sending((mail, text) => mail.send({ MaxSize: `1000000${text}` })),
  "UPopMailOptions.clientName": (text, world) =>
    world.uniface((mail) => mail.logonSmtp("mail.example", "", ""), { logon: false, clientName: text }),
  "describeStatus(operation)": (text) => void describeStatus(text as "send", -1),
};
