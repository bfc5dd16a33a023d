/** What a request may be: its size, its content, its id. */
@NullMarked
package io.tillstream.web.limits;

import org.jspecify.annotations.NullMarked;
