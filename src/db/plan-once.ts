/**
 * PostgreSQL plans a named statement anew at each run for as long as a plan for just these values looks cheaper than one for
 * any. With lists it nearly always does: it assumes ten members where it may not look, and most runs bring one. Planning then
 * costs more than the run (docs/decisions/0020). Behind a subselect it cannot look, so it keeps its one plan.
 *
 * Lists of ids and lists that become rows only: of a filter by words the values do decide the plan.
 */
const LISTS = /(?<=ANY\()\$\d+::uuid\[\](?=\))|(?<=unnest\([^()]*)\$\d+::\w+\[\]/g

/** The statement, with its lists behind subselects. */
export const planOnce = (text: string) => text.replace(LISTS, (list) => `(SELECT ${list})::${list.split('::')[1]}`)
