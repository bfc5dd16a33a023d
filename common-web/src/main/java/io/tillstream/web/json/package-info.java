/** What counts as well-formed JSON in a request. */
@NullMarked
package io.tillstream.web.json;

import org.jspecify.annotations.NullMarked;
