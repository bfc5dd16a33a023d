/** Calls from one service to another. */
@NullMarked
package io.tillstream.web.calls;

import org.jspecify.annotations.NullMarked;
