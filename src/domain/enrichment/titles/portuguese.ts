// Portuguese of Europe and of Brazil. Feminine forms in -a are recognized without being listed.
import type { TitleWords } from './title-words.ts'

export const PORTUGUESE_TITLES: TitleWords = {
  seniority: {
    owner: [
      'fundador, cofundador, co fundador, sócio, sócio gerente, sócio fundador, sócio proprietário, sócio administrador, proprietário',
      'dono, empresário, empreendedor, autônomo, autónomo, titular, acionista',
    ],
    c_level: [
      'presidente, diretor presidente, diretor geral, diretor executivo, director geral, presidente executivo, administrador executivo',
      'presidente do conselho, conselheiro, gerente geral, superintendente, membro do conselho, diretoria executiva',
    ],
    vp: ['vice presidente, vice presidência, vicepresidente'],
    head: ['chefe de departamento, chefe de divisão, head de, reitor'],
    director: ['diretor, directora, diretoria, direção, subdiretor, diretor adjunto, diretor comercial'],
    manager: [
      'gerente, subgerente, gestor, chefe, coordenador, supervisor, encarregado, responsável, líder, líder de equipe, líder de equipa',
      'gestor de projetos, gerente de projetos, mestre de obras',
    ],
    senior: ['sênior, sénior, pleno, perito, arquiteto, arquitecto, professor, líder técnico, tech lead'],
    specialist: [
      'analista, técnico, engenheiro, desenvolvedor, programador, consultor, assessor, vendedor, contador, contabilista, comprador',
      'advogado, assistente, auxiliar, administrativo, secretário, especialista, executivo de contas, executivo de vendas, agente',
      'operador, redator, designer, médico, enfermeiro, farmacêutico, recrutador, pesquisador, investigador, comercial, representante',
      'corretor, formador, informático, jornalista, tradutor, funcionário, colaborador, mecânico, eletricista, motorista, caixa',
      'psicólogo, economista, auditor, publicitário, escriturário, atendente, promotor',
    ],
    junior: ['júnior, recém formado'],
    intern: ['estagiário, estágio, aprendiz, jovem aprendiz, estudante, trainee, bolsista, bolseiro'],
  },
  department: {
    executive: [
      'presidente, diretor presidente, diretor geral, diretor executivo, presidente executivo, gerente geral, conselho',
    ],
    sales: [
      'vendas, venda, comercial, vendedor, desenvolvimento de negócios, novos negócios, negócios, contas, executivo de contas, loja',
      'corretor de imóveis, representante comercial, canais, expansão',
    ],
    marketing: [
      'marketing, publicidade, publicitário, comunicação, marca, imprensa, relações públicas, conteúdo, conteúdos, mídia, mídias, eventos',
      'redes sociais, jornalista, redator',
    ],
    product: ['produto, produtos'],
    design: ['design, designer, criação, gráfico, criativo'],
    engineering: [
      'engenheiro, engenharia, desenvolvedor, desenvolvimento, programador, software, tecnologia, técnica, dados, testes, arquiteto',
      'desenvolvimento de software',
    ],
    it: [
      'ti, informática, informático, sistemas, redes, infraestrutura, tecnologia da informação, segurança da informação, tecnologias de informação',
    ],
    research: [
      'pesquisa, pesquisador, pesquisa e desenvolvimento, laboratório, inovação, investigação, investigador, id',
    ],
    operations: [
      'operações, qualidade, projetos, projeto, projectos, processos, obras, obra, manutenção, segurança do trabalho, sustentabilidade',
      'meio ambiente, imobiliário, serviços gerais',
    ],
    manufacturing: ['produção, fábrica, fabrico, planta, oficina, industrial, usina'],
    logistics: [
      'logística, armazém, transporte, transportes, distribuição, cadeia de suprimentos, almoxarifado, estoque, motorista, expedição',
    ],
    procurement: ['compras, comprador, suprimentos, aprovisionamento'],
    finance: [
      'finanças, financeiro, contabilidade, contador, contabilista, tesouraria, tesoureiro, fiscal, tributário, controladoria, auditoria',
      'auditor, banco, bancário, seguros, investimentos, faturamento, faturação, folha de pagamento, cobrança, crédito, economista',
    ],
    hr: [
      'rh, recursos humanos, recrutamento, recrutador, seleção, talentos, gente, gente e gestão, pessoas, departamento pessoal',
    ],
    legal: ['jurídico, jurídica, advogado, conformidade, notário, proteção de dados, legal'],
    support: [
      'atendimento, atendimento ao cliente, apoio ao cliente, suporte, sucesso do cliente, clientes, cliente, pós venda, atendente',
    ],
    consulting: ['consultor, consultoria, assessoria'],
    administration: [
      'administração, administrativo, secretário, secretariado, recepção, recepcionista, auxiliar administrativo, assistente, escriturário',
    ],
    education: ['professor, formador, formação, educação, ensino, escola, acadêmico, académico, pedagógico'],
    healthcare: ['médico, enfermeiro, farmacêutico, saúde, clínico, psicólogo, dentista, cirurgião, fisioterapeuta'],
  },
}
