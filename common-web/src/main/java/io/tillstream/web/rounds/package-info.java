/** Work that comes again and again. */
@NullMarked
package io.tillstream.web.rounds;

import org.jspecify.annotations.NullMarked;
