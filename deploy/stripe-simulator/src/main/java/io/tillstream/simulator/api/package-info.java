/** How a request becomes an answer: keys, parameters, errors, idempotency, lists and expansion. */
@NullMarked
package io.tillstream.simulator.api;

import org.jspecify.annotations.NullMarked;
