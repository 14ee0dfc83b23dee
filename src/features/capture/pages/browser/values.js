// What was filled in, and what is wrong with it. The service decides; only what needs no rule is checked here.

/** Filled values by name, and files with their names. */
export function readRows(rows) {
  const values = {}
  const files = []
  for (const { field, inputs } of rows) {
    if (field.type === 'file') files.push(...Array.from(inputs[0].files, (file) => [field.name, file]))
    else {
      const filled = filledOf(inputs)
      values[field.name] = field.type === 'multi_select' ? filled.length > 0 && filled : filled[0]
    }
  }
  return { values, files }
}

const filledOf = (inputs) =>
  inputs.filter((input) => input.type !== 'checkbox' || input.checked).flatMap((input) => input.value || [])

/** Rows that cannot be sent as they are. */
export function faultsIn(rows, texts) {
  return rows.flatMap((row) => {
    const { field, inputs } = row
    const code = inputs.some((input) => input.validity.badInput)
      ? 'invalid'
      : field.required && filledOf(inputs).length === 0
        ? 'required'
        : Array.from(inputs[0].files ?? []).some((file) => file.size > (field.max_bytes ?? Infinity)) &&
          'file_too_large'
    return code ? [{ row, text: faultText(field, code, texts) }] : []
  })
}

/** Rows that a problem document points to. */
export function faultsOf(problem, rows, texts) {
  return (problem.errors ?? []).flatMap(({ code, pointer }) => {
    const row = rows.find(({ field }) => `/${field.name}` === pointer)
    return row ? [{ row, text: faultText(row.field, code, texts) }] : []
  })
}

/** The sentence for a fault: by its code, else by the kind of the field; the same rule as in fault-text.ts. */
export function faultText(field, code, texts) {
  const required = { boolean: 'agree', consent: 'agree', select: 'invalid_value', multi_select: 'invalid_value' }
  const ownLimit = code === 'too_long' && !field.max_length
  const name = code === 'required' ? (required[field.type] ?? code) : ownLimit ? field.type : code
  const text = texts[name] ?? texts[field.type] ?? texts.invalid
  return text.replace('{limit}', (code === 'too_long' ? field.max_length : field.max_files) ?? '')
}
