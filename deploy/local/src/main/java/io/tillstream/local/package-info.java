/**
 * Starts PostgreSQL, Kafka, identity, the Stripe simulator and the services as processes of this machine:
 * {@link io.tillstream.local.LocalTillstream} for tests, {@link io.tillstream.local.Run} for {@code ./run}.
 */
@NullMarked
package io.tillstream.local;

import org.jspecify.annotations.NullMarked;
