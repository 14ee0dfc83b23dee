// Spanish. Feminine forms in -a are recognized without being listed.
import type { TitleWords } from './title-words.ts'

export const SPANISH_TITLES: TitleWords = {
  seniority: {
    owner: [
      'fundador, cofundador, co fundador, propietario, dueño, empresario, autónomo, emprendedor, socio, socio fundador, accionista',
      'socio director, socio gerente, titular',
    ],
    c_level: [
      'consejero delegado, director general, directora general, presidente, presidente ejecutivo, gerente general, administrador único',
      'administrador delegado, director gerente, director ejecutivo, consejero, miembro del consejo, dirección general, director general adjunto',
    ],
    vp: ['vicepresidente, vice presidente, vicepresidencia'],
    head: ['jefe de departamento, jefa de departamento, jefe de área, jefa de área, jefe de división, decano, rector'],
    director: ['director, directora, dirección, subdirector, director comercial, delegado regional'],
    manager: [
      'gerente, subgerente, jefe, jefa, responsable, encargado, coordinador, supervisor, jefe de proyecto, jefa de proyecto',
      'jefe de equipo, jefe de obra, capataz, gestor de proyectos, líder de equipo',
    ],
    senior: ['experto, líder técnico, arquitecto, catedrático, profesor, referente'],
    specialist: [
      'técnico, ingeniero, desarrollador, programador, analista, consultor, asesor, comercial, vendedor, contador, contable, comprador',
      'abogado, asistente, auxiliar, administrativo, secretario, especialista, ejecutivo, ejecutivo de ventas, agente, gestor, redactor',
      'diseñador, maestro, médico, enfermero, farmacéutico, reclutador, operario, investigador, delegado, ejecutivo de cuentas, notario',
      'corredor, formador, docente, informático, periodista, traductor, empleado, oficial, mecánico, electricista, dependiente, conductor',
      'representante, cajero, psicólogo, economista, auditor, publicista',
    ],
    junior: ['principiante, recién graduado'],
    intern: ['becario, practicante, pasante, aprendiz, estudiante, en prácticas, prácticas, residente'],
  },
  department: {
    executive: [
      'presidente, consejero delegado, director general, directora general, gerente general, dirección general, director gerente',
      'director ejecutivo, administrador único',
    ],
    sales: [
      'ventas, venta, comercial, comerciales, vendedor, desarrollo de negocio, negocios, cuentas, grandes cuentas, delegado comercial',
      'ejecutivo de cuentas, agente inmobiliario, tienda, canal, expansión',
    ],
    marketing: [
      'marketing, mercadotecnia, mercadeo, publicidad, comunicación, comunicaciones, marca, prensa, relaciones públicas, publicista',
      'contenidos, redes sociales, eventos, medios, periodista, redactor',
    ],
    product: ['producto, productos'],
    design: ['diseño, diseñador, creativo, gráfico'],
    engineering: [
      'ingeniero, ingeniería, desarrollador, desarrollo, software, programador, técnica, tecnología, tecnologías, datos, pruebas',
      'sistemas embebidos, arquitecto, desarrollo de software',
    ],
    it: [
      'informática, informático, sistemas, ti, tic, administrador de sistemas, redes, seguridad informática, tecnologías de la información',
    ],
    research: ['investigación, investigador, investigación y desarrollo, laboratorio, innovación, id'],
    operations: [
      'operaciones, calidad, proyecto, proyectos, procesos, obra, obras, mantenimiento, prevención, medio ambiente, sostenibilidad',
      'inmobiliario, servicios generales, explotación',
    ],
    manufacturing: ['producción, planta, fábrica, fabricación, taller, operario, industrial'],
    logistics: [
      'logística, almacén, transporte, distribución, cadena de suministro, suministros, envíos, conductor, tráfico',
    ],
    procurement: ['compras, comprador, adquisiciones, aprovisionamiento, aprovisionamientos'],
    finance: [
      'finanzas, financiero, contabilidad, contable, contador, tesorería, tesorero, fiscal, impuestos, nóminas, auditor, auditoría, banca',
      'control de gestión, seguros, inversiones, riesgos, facturación, administración y finanzas, economista, créditos, cobranzas',
    ],
    hr: [
      'rrhh, recursos humanos, selección, talento, personas, personal, reclutador, reclutamiento, capital humano, relaciones laborales',
    ],
    legal: ['legal, jurídico, jurídica, abogado, asesoría jurídica, cumplimiento, notario, protección de datos'],
    support: [
      'atención al cliente, servicio al cliente, soporte, clientes, postventa, posventa, experiencia de cliente, cliente',
    ],
    consulting: ['consultor, consultoría, asesor, asesoría'],
    administration: [
      'administración, administrativo, secretario, secretaría, recepción, recepcionista, auxiliar administrativo, oficina, asistente',
    ],
    education: ['profesor, maestro, docente, formación, formador, educación, escuela, académico, catedrático'],
    healthcare: [
      'médico, enfermero, farmacéutico, sanitario, salud, clínico, psicólogo, odontólogo, cirujano, fisioterapeuta',
    ],
  },
}
