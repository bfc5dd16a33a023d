/** What all tables' classes need to speak to the database. */
@NullMarked
package io.tillstream.order.sql;

import org.jspecify.annotations.NullMarked;
