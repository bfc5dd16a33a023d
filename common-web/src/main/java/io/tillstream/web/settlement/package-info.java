/** Pages that wait until something is settled: by long-poll or event stream, whichever instance settles it. */
@NullMarked
package io.tillstream.web.settlement;

import org.jspecify.annotations.NullMarked;
