/** The same Idempotency-Key gives the same answer again. */
@NullMarked
package io.tillstream.web.idempotency;

import org.jspecify.annotations.NullMarked;
