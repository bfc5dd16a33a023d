/** Defaults, start and stop, alike for all services. */
@NullMarked
package io.tillstream.web.start;

import org.jspecify.annotations.NullMarked;
