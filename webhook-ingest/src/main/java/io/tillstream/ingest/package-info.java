/** Stripe's events, verified and kept on Kafka. */
@NullMarked
package io.tillstream.ingest;

import org.jspecify.annotations.NullMarked;
