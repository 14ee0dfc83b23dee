// English, and the words and letters that all languages borrow from it.
import type { TitleWords } from './title-words.ts'

export const ENGLISH_TITLES: TitleWords = {
  seniority: {
    owner: [
      'owner, co owner, coowner, founder, cofounder, co founder, founding partner, managing partner, senior partner',
      'equity partner, general partner, business owner, proprietor, entrepreneur, self employed, sole trader, solopreneur',
      'principal owner, shareholder, franchise owner, shop owner, store owner, owner operator',
    ],
    c_level: [
      'ceo, cfo, cto, coo, cmo, cio, ciso, cso, cpo, cro, chro, cdo, cco, clo, cao, cxo, chief, c level, c suite, president',
      'co president, chairman, chairwoman, chairperson, chair of the board, chairman of the board, board member',
      'member of the board, managing director, md, co ceo, general counsel',
    ],
    vp: ['vp, svp, evp, avp, rvp, gvp, vice president, vicepresident, senior vice president, executive vice president'],
    head: [
      'head, global head, department head, chief of staff, chief engineer, chief accountant, chief scientist, editor in chief',
      'chief editor, chief economist, headmaster, headteacher, head teacher, dean',
    ],
    director: [
      'director, executive director, associate director, creative director, art director, general manager, gm, country manager',
      'managing editor, controller, comptroller, treasurer, superintendent',
    ],
    manager: [
      'manager, management, supervisor, team lead, teamlead, team leader, group lead, squad lead, shift lead, coordinator',
      'foreman, project lead, product owner lead, department lead, scrum master, captain',
    ],
    senior: [
      'senior, sr, lead, principal, staff engineer, staff software engineer, expert, architect, fellow, professor',
    ],
    specialist: [
      'specialist, engineer, developer, programmer, analyst, consultant, advisor, adviser, representative, rep, agent',
      'executive, associate, officer, administrator, designer, accountant, bookkeeper, recruiter, scientist, researcher',
      'technician, mechanic, operator, editor, writer, copywriter, journalist, teacher, lecturer, trainer, instructor, nurse',
      'physician, doctor, dentist, pharmacist, therapist, lawyer, attorney, solicitor, paralegal, auditor, buyer, planner',
      'salesperson, salesman, saleswoman, seller, clerk, assistant, secretary, receptionist, freelancer, contractor',
      'account executive, product owner, generalist, strategist, evangelist, broker, underwriter, surveyor, librarian',
      'management assistant, management consultant, management consulting, management accountant, driver, electrician, photographer, translator, member, partner manager, business partner, hr business partner',
      'people partner, lead generation, process owner, worker, handyman, chef, cook, baker, farmer, pilot, actuary, economist',
    ],
    junior: ['junior, jr, jnr, entry level, graduate'],
    intern: [
      'intern, trainee, management trainee, apprentice, student, working student, undergraduate, graduate student, co op',
    ],
  },
  department: {
    executive: [
      'ceo, coo ceo, president, chairman, chairwoman, chairperson, managing director, chief executive, chief executive officer',
      'general manager, board member, member of the board, chief of staff',
    ],
    sales: [
      'sales, presales, pre sales, account executive, account manager, key account, accounts executive, business development',
      'bdr, sdr, cro, chief revenue officer, chief commercial officer, revenue, partnerships, partner manager, channel, alliances',
      'salesperson, salesman, saleswoman, seller, commercial, territory, inside sales, sales engineer, sales operations',
      'account director, key accounts, business developer, merchandiser, store manager, shop assistant, realtor, broker, retail',
    ],
    marketing: [
      'marketing, cmo, brand, branding, growth, seo, sem, ppc, content, communications, communication, pr, public relations',
      'demand generation, lead generation, social media, community, advertising, media, campaign, campaigns, events, event',
      'copywriter, product marketing, ecommerce, e commerce, crm manager, press, editor, journalist, digital marketing, martech',
    ],
    product: ['product, cpo, product owner, product manager, product management, scrum master, agile coach'],
    design: [
      'design, designer, ux, ui, ui ux, creative, art director, illustrator, graphic, user experience, animator',
    ],
    engineering: [
      'engineering, engineer, cto, developer, programmer, software, technology, technical, tech lead, devops, sre, frontend',
      'front end, backend, back end, fullstack, full stack, mobile, ios, android, qa, tester, test, architect, data engineer',
      'data, data scientist, data science, data analyst, machine learning, ml, analytics, embedded, firmware, hardware, platform',
      'site reliability, bim, construction engineer, mechanical, electrical, web developer, cdo',
    ],
    it: [
      'it, cio, ciso, information technology, information systems, information security, cyber security, cybersecurity',
      'system administrator, systems administrator, sysadmin, network, infrastructure, helpdesk, help desk, desktop support',
      'database administrator, dba, erp, sap, salesforce administrator, security engineer, it security, it support, cloud',
    ],
    research: [
      'research, researcher, r and d, rd, scientist, research and development, laboratory, lab, innovation, clinical research',
    ],
    operations: [
      'operations, operation, operating, coo, process, quality, project manager, program manager, programme manager, pmo, project, office',
      'project management, facility, facilities, business operations, continuous improvement, compliance operations, health and safety',
      'hse, ehs, maintenance, real estate, property manager, site manager, construction, sustainability, esg',
    ],
    manufacturing: ['manufacturing, production, plant, factory, assembly, machinist, foreman, tooling, industrial'],
    logistics: [
      'logistics, supply chain, warehouse, shipping, transport, transportation, fleet, distribution, inventory, freight, driver',
    ],
    procurement: ['procurement, purchasing, buyer, sourcing, category manager, strategic sourcing, vendor management'],
    finance: [
      'finance, financial, cfo, accounting, accountant, bookkeeper, controller, comptroller, controlling, treasury, treasurer',
      'tax, audit, auditor, payroll, accounts payable, accounts receivable, investment, investor relations, m and a, risk',
      'billing, fp and a, actuary, underwriter, economist, private equity, fund, banker, wealth, portfolio',
    ],
    hr: [
      'hr, chro, human resources, human resource, people, people and culture, talent, recruiting, recruiter, recruitment',
      'recruitment consultant, compensation, benefits, learning and development, l and d, people operations, hr business partner',
      'people partner, employer branding, diversity, staffing, personnel, talent acquisition, chief people officer',
    ],
    legal: [
      'legal, lawyer, attorney, solicitor, counsel, general counsel, clo, paralegal, compliance, privacy, data protection',
      'dpo, notary, barrister, patent, regulatory, contracts manager, judge',
    ],
    support: [
      'customer success, customer support, customer service, customer care, customer experience, support, client services',
      'client success, service desk, call center, call centre, contact center, technical support, customer, csm, client',
    ],
    consulting: ['consultant, consulting, advisory, advisor, adviser, management consultant, professional services'],
    administration: [
      'administration, administrative, executive assistant, personal assistant, office manager, secretary, receptionist',
      'office administrator, administrative assistant, pa, ea, assistant, clerk, office assistant, back office, front desk',
    ],
    education: [
      'teacher, teaching, professor, lecturer, education, school, training, trainer, personal trainer, instructor, tutor, faculty',
    ],
    healthcare: [
      'nurse, physician, doctor, dentist, pharmacist, medical, clinical, therapist, healthcare, surgeon, veterinarian, pharmacy',
    ],
  },
}
