/** What the tables' classes share. */
@NullMarked
package io.tillstream.subscription.sql;

import org.jspecify.annotations.NullMarked;
