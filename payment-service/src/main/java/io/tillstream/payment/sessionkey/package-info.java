/** Which kind of page an Idempotency-Key stands for. */
@NullMarked
package io.tillstream.payment.sessionkey;

import org.jspecify.annotations.NullMarked;
