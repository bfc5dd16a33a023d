/** What may stand behind the question mark. */
@NullMarked
package io.tillstream.web.query;

import org.jspecify.annotations.NullMarked;
