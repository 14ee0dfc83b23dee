// Mail providers that give an address to anybody: such a domain says nothing about a lead's company. Only
// well-known providers; a missing one makes an account too many, a wrong one hides a company.
import { toWordSet } from './word-list.ts'

/** Lower-case ASCII domains, about 350. */
export const FREE_MAIL_DOMAINS = toWordSet(
  // Worldwide
  'gmail.com, googlemail.com, outlook.com, hotmail.com, live.com, msn.com, passport.com, yahoo.com, ymail.com',
  'rocketmail.com, myyahoo.com, icloud.com, me.com, mac.com, aol.com, aim.com, mail.com, email.com, usa.com',
  'proton.me, protonmail.com, protonmail.ch, pm.me, tutanota.com, tutanota.de, tutamail.com, tuta.io, tuta.com',
  'keemail.me, fastmail.com, fastmail.fm, zoho.com, zohomail.com, zohomail.eu, zohomail.in, hushmail.com, hey.com',
  'inbox.com, gmx.com, gmx.us, lycos.com, excite.com, duck.com, disroot.org, riseup.net, runbox.com, countermail.com',
  'mailfence.com, engineer.com, consultant.com, myself.com, dr.com, europe.com, post.com, iname.com, techie.com',
  'writeme.com',
  // Outlook, Hotmail and Yahoo by country
  'outlook.de, outlook.at, outlook.fr, outlook.es, outlook.it, outlook.pt, outlook.com.br, outlook.com.au',
  'outlook.co.id, outlook.in, outlook.jp, outlook.kr, outlook.dk, outlook.ie, outlook.be, outlook.cl, hotmail.co.uk',
  'hotmail.de, hotmail.fr, hotmail.es, hotmail.it, hotmail.nl, hotmail.be, hotmail.se, hotmail.no, hotmail.dk',
  'hotmail.fi, hotmail.ca, hotmail.gr, hotmail.ch, hotmail.com.br, hotmail.com.ar, hotmail.com.tr, hotmail.com.au',
  'hotmail.co.jp, hotmail.co.th, live.co.uk, live.de, live.fr, live.it, live.nl, live.be, live.se, live.no, live.dk',
  'live.ca, live.com.au, live.com.mx, live.com.pt, live.cn, live.jp, live.in, yahoo.co.uk, yahoo.de, yahoo.fr',
  'yahoo.es, yahoo.it, yahoo.ca, yahoo.com.br, yahoo.com.mx, yahoo.com.ar, yahoo.com.au, yahoo.co.in, yahoo.in',
  'yahoo.co.jp, yahoo.co.id, yahoo.co.nz, yahoo.co.za, yahoo.co.kr, yahoo.com.cn, yahoo.com.hk, yahoo.com.tw',
  'yahoo.com.sg, yahoo.com.my, yahoo.com.ph, yahoo.com.vn, yahoo.com.tr, yahoo.gr, yahoo.ie, yahoo.se, yahoo.no',
  'yahoo.dk, yahoo.pl, yahoo.ro, yahoo.at, yahoo.be, yahoo.nl, yahoo.cl, yahoo.com.co, yahoo.com.pe',
  // German-speaking countries
  'gmx.de, gmx.net, gmx.at, gmx.ch, gmx.eu, gmx.info, web.de, t-online.de, magenta.de, freenet.de',
  'arcor.de, vodafone.de, vodafonemail.de, kabelmail.de, unitybox.de, online.de, onlinehome.de, mail.de, posteo.de',
  'posteo.net, mailbox.org, aol.de, bluewin.ch, sunrise.ch, hispeed.ch, aon.at, chello.at, a1.net, liwest.at',
  // United Kingdom, Ireland, North America, Australia, New Zealand, South Africa
  'btinternet.com, btopenworld.com, sky.com, virginmedia.com, ntlworld.com, blueyonder.co.uk, talktalk.net',
  'tiscali.co.uk, aol.co.uk, o2.co.uk, eircom.net, comcast.net, verizon.net, att.net, sbcglobal.net, bellsouth.net',
  'cox.net, charter.net, earthlink.net, optonline.net, juno.com, netzero.net, frontier.com, windstream.net',
  'roadrunner.com, rogers.com, shaw.ca, sympatico.ca, telus.net, videotron.ca, bell.net, bigpond.com, bigpond.net.au',
  'optusnet.com.au, iinet.net.au, tpg.com.au, xtra.co.nz, mweb.co.za, telkomsa.net, webmail.co.za',
  // France, Belgium, Netherlands, Spain, Portugal, Italy, Greece
  'orange.fr, wanadoo.fr, free.fr, laposte.net, sfr.fr, neuf.fr, bbox.fr, numericable.fr, club-internet.fr',
  'aliceadsl.fr, skynet.be, telenet.be, proximus.be, scarlet.be, ziggo.nl, kpnmail.nl, planet.nl, home.nl, xs4all.nl',
  'hetnet.nl, telefonica.net, terra.es, ono.com, sapo.pt, iol.pt, libero.it, virgilio.it, tiscali.it, alice.it',
  'tin.it, tim.it, email.it, inwind.it, iol.it, fastwebnet.it, otenet.gr',
  // Nordic, central and eastern Europe, Russia, Turkey
  'telia.com, bredband.net, spray.se, online.no, broadpark.no, mail.dk, ofir.dk, luukku.com, elisanet.fi, wp.pl',
  'o2.pl, onet.pl, onet.eu, op.pl, poczta.onet.pl, interia.pl, interia.eu, gazeta.pl, tlen.pl, poczta.fm, seznam.cz',
  'email.cz, centrum.cz, post.cz, volny.cz, azet.sk, centrum.sk, zoznam.sk, freemail.hu, citromail.hu, abv.bg',
  'mail.bg, inbox.lv, inbox.lt, mail.ee, net.hr, siol.net, mail.ru, bk.ru, inbox.ru, list.ru, internet.ru, yandex.ru',
  'yandex.com, ya.ru, yandex.by, yandex.kz, rambler.ru, ukr.net, i.ua, meta.ua, bigmir.net, tut.by, mail.kz',
  'mynet.com',
  // Asia, Latin America, Israel
  'qq.com, vip.qq.com, foxmail.com, 163.com, 126.com, yeah.net, sina.com, sina.cn, sohu.com, aliyun.com, 139.com',
  '189.cn, tom.com, naver.com, daum.net, hanmail.net, nate.com, kakao.com, docomo.ne.jp, ezweb.ne.jp, au.com',
  'softbank.ne.jp, i.softbank.jp, nifty.com, excite.co.jp, goo.jp, rediffmail.com, indiatimes.com, pchome.com.tw',
  'hinet.net, netvigator.com, singnet.com.sg, walla.co.il, walla.com, bezeqint.net, uol.com.br, bol.com.br',
  'terra.com.br, ig.com.br, globo.com, globomail.com, r7.com, zipmail.com.br, prodigy.net.mx, terra.cl',
  'fibertel.com.ar, ciudad.com.ar',
)
