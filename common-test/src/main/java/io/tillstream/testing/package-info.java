/** Real PostgreSQL and Kafka for tests, and the rules of the architecture. */
@NullMarked
package io.tillstream.testing;

import org.jspecify.annotations.NullMarked;
