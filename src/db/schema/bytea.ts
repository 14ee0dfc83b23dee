/** drizzle has no bytea of its own; pg hands it over as a Buffer. */
import { customType } from 'drizzle-orm/pg-core'

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })
