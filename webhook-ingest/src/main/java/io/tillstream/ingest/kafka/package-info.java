/** Kafka out: the topic of Stripe's events. */
@NullMarked
package io.tillstream.ingest.kafka;

import org.jspecify.annotations.NullMarked;
