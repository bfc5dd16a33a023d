/** What belongs together, in one round trip to PostgreSQL. */
@NullMarked
package io.tillstream.sql;

import org.jspecify.annotations.NullMarked;
