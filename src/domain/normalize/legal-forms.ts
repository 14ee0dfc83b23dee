// Legal forms that follow or precede a company name, folded: lower case, no accents, no dots, "&" as "and".
// Words that companies also use as names (Group, Holding, Bank) are left out on purpose.
import { splitList, toWordSet } from './word-list.ts'

/** Endings of one to five words, compared with the last words of a name. */
export const TRAILING_LEGAL_FORMS = toWordSet(
  // English-speaking countries, Singapore, Malaysia, India
  'inc, incorporated, corp, corporation, co, company, co inc, llc, l l c, lllp, llp, lp, ltd, limited, co ltd',
  'co limited, and co, and company, plc, p l c, public limited company, pllc, pc, cic, pty, pty ltd, pty limited',
  'proprietary limited, pte, pte ltd, pvt, pvt ltd, private limited, sdn bhd, bhd, ulc, dac, clg, fze, fzco, fz llc',
  'fzc, dmcc, wll, w l l',
  // German
  'gmbh, g m b h, mbh, ggmbh, gesmbh, ag, kg, ohg, gbr, ug, ug haftungsbeschrankt, kgaa, eg, gmbh and co kg',
  'gmbh und co kg, gmbh co kg, gmbh and co kgaa, gmbh and co ohg, ag and co kg, ug haftungsbeschrankt and co kg',
  'se and co kgaa, se and co kg, and co kg, und co kg, co kg, ev, e v, ek, e k, ekfm, partg, partgmbb',
  'aktiengesellschaft',
  // French, Spanish, Portuguese, Italian, Romanian
  'sa, s a, sarl, s a r l, sas, s a s, sasu, eurl, sci, snc, s n c, scop, selarl, cie, et cie, and cie, sl, s l, slu',
  's l u, sau, slp, s c, sc, sociedad anonima, sociedad limitada, sa de cv, s a de c v, s a de cv, s de rl',
  's de rl de cv, s de r l de c v, sapi de cv, srl, s r l, srls, spa, s p a, sapa, lda, limitada, ltda, eireli, epp',
  'ltda me, sociedade anonima, sgps, eirl',
  // Dutch, Nordic, Baltic
  'bv, b v, nv, n v, bvba, vof, v o f, cv, cvba, ab, publ, ab publ, hb, kb, as, a s, asa, aps, ivs, ans, oy, oyj',
  'oy ab, ky, ehf, hf, ou, uab, sia',
  // Central and eastern Europe, Turkey
  'sp z oo, sp z o o, spolka z oo, spolka z ograniczona odpowiedzialnoscia, sp k, sp j, sp zoo, sro, s r o',
  'spol s ro, spol s r o, vos, ks, kft, zrt, nyrt, bt, doo, d o o, dd, d d, ad, ead, ood, eood, jdoo, j d o o, sh pk',
  'epe, ae, ike, anonim sirketi, limited sirketi, ltd sti, as ltd sti, san ve tic as, san ve tic ltd sti, sirketi',
  'ооо, оао, зао, пао, ао, тов',
  // European, Asian, African
  'se, eeig, kk, k k, kabushiki kaisha, gk, godo kaisha, yk, y k, jsc, ojsc, cjsc, pjsc, tbk, pt, saoc, saog, sae',
  's a e, psc, cc',
)

/** Words that stand before the name instead. */
export const LEADING_LEGAL_FORMS = toWordSet('the, pt, cv, ab, oy, uab, sia, ооо, оао, зао, пао, ао, ип, тов, тоо')

/** Forms of scripts that write no spaces; removed at either end of the name. */
export const ATTACHED_LEGAL_FORMS = splitList(
  '株式会社, 有限会社, 合同会社, 合資会社, 一般社団法人, (株), (有), 股份有限公司, 有限责任公司, 有限責任公司, 有限公司, 주식회사, 유한회사, (주), บริษัท, จำกัด (มหาชน)',
  'จำกัด',
)
