// Titles as people write them, in five languages. A line: title | seniority | department (- is null).
import fc from 'fast-check'
import t from 'tap'
import { readJobTitle } from '../../src/domain/enrichment/read-job-title.ts'

const TITLES = `
CEO | c_level | executive
C.E.O. | c_level | executive
Chief Executive Officer | c_level | executive
CEO & Co-Founder | owner | executive
Founder | owner | executive
Managing Director | c_level | executive
President & CEO | c_level | executive
CTO | c_level | engineering
Chief Technology Officer | c_level | engineering
Chief Marketing Officer (CMO) | c_level | marketing
CFO / COO | c_level | finance
Chief Operating Officer | c_level | operations
Chief People Officer | c_level | hr
Chief Revenue Officer | c_level | sales
Chief of Staff | head | -
Vice President | vp | -
VP of Sales | vp | sales
VP, Marketing | vp | marketing
Senior Vice President Engineering | vp | engineering
SVP Finance | vp | finance
Head of Marketing | head | marketing
Global Head of IT Security | head | it
Director of Sales and Marketing | director | sales
HR Director | director | hr
Associate Director, Clinical Research | director | research
Engineering Manager | manager | engineering
Marketing Manager | manager | marketing
Key Account Manager | manager | sales
Customer Success Manager | manager | support
Product Manager | manager | product
IT Project Manager | manager | it
Project Manager | manager | operations
Office Manager | manager | administration
Team Lead Customer Support | manager | support
Product Owner | specialist | product
Senior Software Engineer | senior | engineering
Lead Developer | senior | engineering
Principal Engineer | senior | engineering
Lead Generation Specialist | specialist | marketing
Software Engineer | specialist | engineering
Account Executive | specialist | sales
Sales Development Representative | specialist | sales
Business Development Representative | specialist | sales
Data Scientist | specialist | engineering
UX Designer | specialist | design
Accountant | specialist | finance
HR Business Partner | specialist | hr
Talent Acquisition Specialist | specialist | hr
Recruiter | specialist | hr
Legal Counsel | specialist | legal
General Counsel | c_level | legal
System Administrator | specialist | it
Executive Assistant to the CEO | specialist | administration
Assistant to the Managing Director | specialist | administration
PA to CFO | specialist | administration
Assistant Manager | manager | administration
Management Consultant | specialist | consulting
Senior Consultant | senior | consulting
Sales Consultant | specialist | sales
Nurse | specialist | healthcare
Teacher | specialist | education
Warehouse Supervisor | manager | logistics
Procurement Officer | specialist | procurement
Purchasing Manager | manager | procurement
Plant Manager | manager | manufacturing
Supply Chain Director | director | logistics
R&D Engineer | specialist | research
Junior Accountant | junior | finance
Jr. Developer | junior | engineering
Junior Sales Manager | junior | sales
Marketing Intern | intern | marketing
Software Engineer Intern | intern | engineering
Apprentice Electrician | intern | -
Owner | owner | executive
Managing Partner | owner | executive
Former CEO | - | -
Retired teacher | - | -
Ex-CFO, now Head of Sales | head | sales
Wizard of Light Bulb Moments | - | -
n/a | - | -
Geschäftsführer | c_level | executive
Geschaeftsfuehrer | c_level | executive
Geschäftsführerin | c_level | executive
Geschäftsführer*in | c_level | executive
GF | c_level | executive
Geschäftsführender Gesellschafter | owner | executive
Inhaberin | owner | executive
Vorstand | c_level | executive
Mitglied des Vorstands | c_level | executive
Finanzvorstand | c_level | finance
Prokurist | director | -
Leiter Vertrieb | head | sales
Leiterin Personal | head | hr
Vertriebsleiter DACH | head | sales
Vertriebsleiterin (m/w/d) | head | sales
Leitung Marketing & Kommunikation | head | marketing
Marketingleiter | head | marketing
Kaufmännischer Leiter | head | finance
Technische Leitung | head | engineering
IT-Leiter | head | it
Abteilungsleiter Einkauf | head | procurement
Teamleiter Kundenservice | manager | support
Projektleiter | manager | operations
Produktmanagerin | manager | product
Vertriebsmitarbeiter | specialist | sales
Außendienstmitarbeiter | specialist | sales
Sachbearbeiterin Buchhaltung | specialist | finance
Softwareentwickler:in | specialist | engineering
Software-Entwicklerin | specialist | engineering
Entwicklungsingenieur | specialist | engineering
Fachinformatiker Systemintegration | specialist | it
IT-Systemadministrator | specialist | it
Steuerberaterin | specialist | finance
Rechtsanwalt | specialist | legal
Datenschutzbeauftragter | specialist | legal
Einkäufer | specialist | procurement
Personalreferentin | specialist | hr
Assistenz der Geschäftsführung | specialist | administration
Assistentin der Geschäftsleitung | specialist | administration
Werkstudent Marketing | intern | marketing
Praktikantin Vertrieb | intern | sales
Auszubildende | intern | -
Lagerist | specialist | logistics
Leiter Forschung und Entwicklung | head | research
Ehemaliger Geschäftsführer | - | -
Arzt | specialist | healthcare
PDG | c_level | executive
P.D.G. | c_level | executive
Président-directeur général | c_level | executive
Directeur général | c_level | executive
Directrice Générale | c_level | executive
Gérant | owner | executive
Gérante | owner | executive
Fondatrice | owner | executive
Directeur commercial | director | sales
Directrice des ventes | director | sales
Directrice des ressources humaines | director | hr
DRH | director | hr
DAF | director | finance
DSI | director | it
Directeur marketing et communication | director | marketing
Responsable marketing | manager | marketing
Responsable des achats | manager | procurement
Chef de projet | manager | operations
Chef de projet informatique | manager | it
Cheffe de produit | manager | product
Chef des ventes | manager | sales
Ingénieur d'affaires | specialist | sales
Ingénieure logiciel | specialist | engineering
Développeuse web | specialist | engineering
Chargée de communication | specialist | marketing
Chargé de recrutement | specialist | hr
Comptable | specialist | finance
Juriste | specialist | legal
Assistante de direction | specialist | administration
Technico-commercial | specialist | sales
Vendeuse | specialist | sales
Stagiaire | intern | -
Alternant marketing | intern | marketing
Vice-présidente | vp | -
Ancien directeur | - | -
Director General | c_level | executive
Directora general | c_level | executive
Consejero delegado | c_level | executive
Gerente general | c_level | executive
Presidenta | c_level | executive
Fundadora | owner | executive
Propietario | owner | executive
Director comercial | director | sales
Directora de Recursos Humanos | director | hr
Director financiero | director | finance
Gerente de ventas | manager | sales
Jefe de compras | manager | procurement
Jefa de proyecto | manager | operations
Responsable de logística | manager | logistics
Coordinadora de marketing | manager | marketing
Encargado de tienda | manager | sales
Desarrolladora de software | specialist | engineering
Ingeniero de sistemas | specialist | engineering
Técnico informático | specialist | it
Contador | specialist | finance
Abogada | specialist | legal
Asistente de dirección | specialist | administration
Becaria | intern | -
Practicante de ventas | intern | sales
Vicepresidente de operaciones | vp | operations
Jefe de I+D | manager | research
Diretor executivo | c_level | executive
Diretor Presidente | c_level | executive
Sócio-gerente | owner | executive
Sócia fundadora | owner | executive
Proprietária | owner | executive
Diretora de Marketing | director | marketing
Diretor Financeiro | director | finance
Gerente Comercial | manager | sales
Gerente de Recursos Humanos | manager | hr
Coordenadora de TI | manager | it
Supervisor de Produção | manager | manufacturing
Engenheiro de Software | specialist | engineering
Desenvolvedora Web | specialist | engineering
Analista de Suporte | specialist | support
Analista financeiro | specialist | finance
Vendedora | specialist | sales
Advogado | specialist | legal
Assistente administrativa | specialist | administration
Estagiária de marketing | intern | marketing
Jovem aprendiz | intern | -
Vice-presidente de vendas | vp | sales
`
  .trim()
  .split('\n')
  .map((line) => line.split(' | '))

t.test('titles of five languages are read as people mean them', async (t) => {
  for (const [title = '', seniority, department] of TITLES) {
    const read = readJobTitle(title)
    t.same([read.seniority ?? '-', read.department ?? '-'], [seniority, department], title)
  }
})

t.test('case, width of letters and spare spaces change nothing', async (t) => {
  for (const [title = ''] of TITLES) {
    t.same(readJobTitle(`  ${title.toUpperCase()}\u00a0`), readJobTitle(title.toUpperCase()), title)
    t.same(readJobTitle(title.normalize('NFD')), readJobTitle(title), title)
  }
})

t.test('no text breaks the reading, and a long one costs no more than a short one', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (title) => {
      const { seniority, department } = readJobTitle(title)
      return seniority !== undefined && department !== undefined
    }),
    { numRuns: 3_000 },
  )
  const started = performance.now()
  for (const piece of ['chief ', '(', 'a.', 'assistant to ', 'x*in', '((((a/b/', 'é', 'leiterin'])
    readJobTitle(piece.repeat(50_000))
  t.ok(performance.now() - started < 1_000, 'eight titles of 50,000 pieces in less than a second')
})
