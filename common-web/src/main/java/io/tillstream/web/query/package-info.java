/** What an endpoint takes: no other parameters behind the question mark, and no fields where it has none. */
@NullMarked
package io.tillstream.web.query;

import org.jspecify.annotations.NullMarked;
