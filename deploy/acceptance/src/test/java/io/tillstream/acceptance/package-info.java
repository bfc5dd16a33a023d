/** The whole of Tillstream, tried from outside: through the gateway, with real processes behind it. */
@NullMarked
package io.tillstream.acceptance;

import org.jspecify.annotations.NullMarked;
