/**
 * {@code ./benchmark}: starts the whole system as it is deployed, measures what it can do and what that costs, and does the
 * same with peers. {@link io.tillstream.benchmark.Benchmark} is where to begin.
 */
@NullMarked
package io.tillstream.benchmark;

import org.jspecify.annotations.NullMarked;
